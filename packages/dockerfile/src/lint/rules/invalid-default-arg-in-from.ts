import { isTsbuildError, parseReference } from '@tsbuild/core';
import type { LintRule } from '../rule.ts';

export const invalidDefaultArgInFrom: LintRule = {
  name: 'InvalidDefaultArgInFrom',
  description: 'Default value for global ARG results in an empty or invalid base image name',
  url: 'https://docs.docker.com/go/dockerfile/rule/invalid-default-arg-in-from/',
  check({ froms }, report) {
    for (const { stage, defaultImage } of froms) {
      if (defaultImage === undefined || isReference(defaultImage)) continue;
      report(stage.from, `Default value for ARG ${stage.from.image} results in empty or invalid base image name`);
    }
  },
};

function isReference(text: string): boolean {
  try {
    parseReference(text);
    return true;
  } catch (error) {
    if (isTsbuildError(error)) return false;
    throw error;
  }
}

import { formatPlatform, type Platform } from '@tsbuild/core';
import type { FromFacts } from '../from-facts.ts';
import { platformOrUndefined } from '../platform.ts';
import type { LintRule } from '../rule.ts';

export const invalidBaseImagePlatform: LintRule = {
  name: 'InvalidBaseImagePlatform',
  description: 'Base image platform does not match expected target platform',
  check({ stages, froms, targetPlatform }, report) {
    for (const [index, { stage, base }] of stages.entries()) {
      const expected = expectedPlatform(froms[index], targetPlatform);
      const actual = base?.platform;
      if (expected === undefined || actual === undefined || isSameKind(expected, actual)) continue;
      const image = froms[index]?.image ?? stage.from.image;
      const [wanted, found] = [formatPlatform(expected), formatPlatform(actual)];
      report(
        stage.from,
        `Base image ${image} was pulled with platform "${found}", expected "${wanted}" for current build`,
      );
    }
  },
};

function expectedPlatform(from: FromFacts | undefined, target: Platform): Platform | undefined {
  return from?.platform === undefined ? target : platformOrUndefined(from.platform.value);
}

function isSameKind(a: Platform, b: Platform): boolean {
  return a.os === b.os && a.architecture === b.architecture;
}

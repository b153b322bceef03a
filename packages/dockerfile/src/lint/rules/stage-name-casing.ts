import type { LintRule } from '../rule.ts';

export const stageNameCasing: LintRule = {
  name: 'StageNameCasing',
  description: 'Stage names should be lowercase',
  url: 'https://docs.docker.com/go/dockerfile/rule/stage-name-casing/',
  check({ dockerfile }, report) {
    for (const { from, nameAsWritten = '' } of dockerfile.stages) {
      if (nameAsWritten === nameAsWritten.toLowerCase()) continue;
      report(from, `Stage name '${nameAsWritten}' should be lowercase`);
    }
  },
};

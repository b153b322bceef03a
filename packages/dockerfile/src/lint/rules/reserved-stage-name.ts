import type { LintRule } from '../rule.ts';

export const reservedStageName: LintRule = {
  name: 'ReservedStageName',
  description: 'Reserved words should not be used as stage names',
  url: 'https://docs.docker.com/go/dockerfile/rule/reserved-stage-name/',
  check({ dockerfile }, report) {
    for (const { from, name } of dockerfile.stages) {
      if (name !== 'context' && name !== 'scratch') continue;
      report(from, `Stage name should not use the same name as reserved stage "${name}"`);
    }
  },
};

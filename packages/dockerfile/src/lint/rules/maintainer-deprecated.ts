import type { LintRule } from '../rule.ts';

export const maintainerDeprecated: LintRule = {
  name: 'MaintainerDeprecated',
  description: 'The MAINTAINER instruction is deprecated, use a label instead to define an image author',
  url: 'https://docs.docker.com/go/dockerfile/rule/maintainer-deprecated/',
  check({ dockerfile }, report) {
    for (const instruction of dockerfile.stages.flatMap(({ instructions }) => instructions)) {
      if (instruction.kind !== 'MAINTAINER') continue;
      report(instruction, 'Maintainer instruction is deprecated in favor of using label');
    }
  },
};

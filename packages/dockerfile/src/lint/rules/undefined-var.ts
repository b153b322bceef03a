import type { LintRule } from '../rule.ts';

export const undefinedVar: LintRule = {
  name: 'UndefinedVar',
  description: 'Variables should be defined before their use',
  url: 'https://docs.docker.com/go/dockerfile/rule/undefined-var/',
  check({ stages }, report) {
    for (const { instruction, undefinedNames } of stages.flatMap(({ steps }) => steps)) {
      for (const { name, suggestion } of undefinedNames) {
        const tail = suggestion === undefined ? '' : ` (did you mean $${suggestion}?)`;
        report(instruction, `Usage of undefined variable '$${name}'${tail}`);
      }
    }
  },
};

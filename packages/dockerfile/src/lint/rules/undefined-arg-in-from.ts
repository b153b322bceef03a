import { nearestOption } from '../../did-you-mean.ts';
import type { LintRule } from '../rule.ts';

export const undefinedArgInFrom: LintRule = {
  name: 'UndefinedArgInFrom',
  description: 'FROM command must use declared ARGs',
  url: 'https://docs.docker.com/go/dockerfile/rule/undefined-arg-in-from/',
  check({ froms }, report) {
    for (const { stage, undeclared, globals } of froms) {
      for (const name of undeclared) {
        const suggestion = nearestOption(name, globals.declared);
        const tail = suggestion === undefined ? '' : ` (did you mean ${suggestion}?)`;
        report(stage.from, `FROM argument '${name}' is not declared${tail}`);
      }
    }
  },
};

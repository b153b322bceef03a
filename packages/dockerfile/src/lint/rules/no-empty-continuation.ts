import type { LintRule } from '../rule.ts';

export const noEmptyContinuation: LintRule = {
  name: 'NoEmptyContinuation',
  description: 'Empty continuation lines will become errors in a future release',
  url: 'https://docs.docker.com/go/dockerfile/rule/no-empty-continuation/',
  check({ dockerfile }, report) {
    for (const line of dockerfile.emptyContinuations) {
      const position = { line, column: 0 };
      report({ range: { start: position, end: position } }, 'Empty continuation line');
    }
  },
};

import type { LintRule } from '../rule.ts';

export const duplicateStageName: LintRule = {
  name: 'DuplicateStageName',
  description: 'Stage names should be unique',
  url: 'https://docs.docker.com/go/dockerfile/rule/duplicate-stage-name/',
  check({ dockerfile }, report) {
    const names = new Set<string>();
    for (const { from, name } of dockerfile.stages) {
      if (name === undefined) continue;
      if (names.has(name)) report(from, `Duplicate stage name "${name}", stage names should be unique`);
      names.add(name);
    }
  },
};

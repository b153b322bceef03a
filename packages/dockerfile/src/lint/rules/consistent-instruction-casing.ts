import type { LintRule } from '../rule.ts';

export const consistentInstructionCasing: LintRule = {
  name: 'ConsistentInstructionCasing',
  description: 'All commands within the Dockerfile should use the same casing (either upper or lower)',
  url: 'https://docs.docker.com/go/dockerfile/rule/consistent-instruction-casing/',
  check({ dockerfile }, report) {
    const all = dockerfile.stages.flatMap(({ from, instructions }) => [from, ...instructions]);
    const lower = all.filter(({ keyword }) => keyword === keyword.toLowerCase()).length;
    const upper = all.filter(({ keyword }) => keyword === keyword.toUpperCase()).length;
    const majority = lower > upper ? 'lowercase' : 'uppercase';
    for (const instruction of all) {
      const { keyword } = instruction;
      if (keyword === (lower > upper ? keyword.toLowerCase() : keyword.toUpperCase())) continue;
      report(instruction, `Command '${keyword}' should match the case of the command majority (${majority})`);
    }
  },
};

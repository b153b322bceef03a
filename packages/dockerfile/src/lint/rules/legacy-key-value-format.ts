import type { LintRule } from '../rule.ts';

export const legacyKeyValueFormat: LintRule = {
  name: 'LegacyKeyValueFormat',
  description: 'Legacy key/value format with whitespace separator should not be used',
  url: 'https://docs.docker.com/go/dockerfile/rule/legacy-key-value-format/',
  check({ dockerfile }, report) {
    for (const instruction of dockerfile.stages.flatMap(({ instructions }) => instructions)) {
      const { kind } = instruction;
      if (kind !== 'ENV' && kind !== 'LABEL') continue;
      if (!instruction.pairs.some(({ legacy }) => legacy)) continue;
      report(instruction, `"${kind} key=value" should be used instead of legacy "${kind} key value" format`);
    }
  },
};

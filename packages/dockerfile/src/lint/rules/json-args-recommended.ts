import type { LintRule } from '../rule.ts';

export const jsonArgsRecommended: LintRule = {
  name: 'JSONArgsRecommended',
  description: 'JSON arguments recommended for ENTRYPOINT/CMD to prevent unintended behavior related to OS signals',
  url: 'https://docs.docker.com/go/dockerfile/rule/json-args-recommended/',
  check({ stages }, report) {
    for (const { instruction, hasShell } of stages.flatMap(({ steps }) => steps)) {
      if (instruction.kind !== 'CMD' && instruction.kind !== 'ENTRYPOINT') continue;
      if (instruction.command.form === 'exec' || hasShell) continue;
      const { kind } = instruction;
      report(
        instruction,
        `JSON arguments recommended for ${kind} to prevent unintended behavior related to OS signals`,
      );
    }
  },
};

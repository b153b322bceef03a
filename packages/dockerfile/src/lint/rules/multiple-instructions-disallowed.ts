import type { StageInstruction } from '../../instructions.ts';
import type { LintRule } from '../rule.ts';

export const multipleInstructionsDisallowed: LintRule = {
  name: 'MultipleInstructionsDisallowed',
  description: 'Multiple instructions of the same type should not be used in the same stage',
  url: 'https://docs.docker.com/go/dockerfile/rule/multiple-instructions-disallowed/',
  check({ dockerfile }, report) {
    for (const { instructions } of dockerfile.stages) {
      const latest = new Map<string, StageInstruction>();
      for (const instruction of instructions) {
        const { kind } = instruction;
        if (kind !== 'CMD' && kind !== 'ENTRYPOINT' && kind !== 'HEALTHCHECK') continue;
        const previous = latest.get(kind);
        if (previous !== undefined) report(previous, messageFor(kind));
        latest.set(kind, instruction);
      }
    }
  },
};

function messageFor(kind: string): string {
  return `Multiple ${kind} instructions should not be used in the same stage because only the last one will be used`;
}

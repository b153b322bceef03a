import { isTsbuildError } from '@tsbuild/core';
import type { StageInstruction } from '../instructions.ts';
import { type PortWord, parsePortWord } from '../values/ports.ts';
import type { StageFacts } from './stage-facts.ts';

/** The words of all EXPOSE instructions that are well-formed. */
export function* exposedWords(
  stages: readonly StageFacts[],
): Generator<{ instruction: StageInstruction; word: string; port: PortWord }> {
  for (const { instruction, values } of stages.flatMap(({ steps }) => steps)) {
    if (instruction.kind !== 'EXPOSE') continue;
    for (const word of values) {
      const port = portOrUndefined(word);
      if (port !== undefined) yield { instruction, word, port };
    }
  }
}

function portOrUndefined(word: string): PortWord | undefined {
  try {
    return parsePortWord(word);
  } catch (error) {
    if (isTsbuildError(error)) return undefined;
    throw error;
  }
}

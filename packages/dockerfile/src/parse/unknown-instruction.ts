import type { DockerfileError } from '@tsbuild/core';
import { didYouMean } from '../did-you-mean.ts';
import { dockerfileError, shorten } from '../errors.ts';
import type { Instruction } from '../instructions.ts';

/** The error for a line that begins with no instruction, with the likely reason. */
export function unknownInstruction(
  keyword: string,
  known: readonly string[],
  previous: Instruction | undefined,
): DockerfileError {
  const hint = missingSpace(keyword, known) ?? didYouMean(keyword, known) ?? lineBefore(keyword, previous);
  return dockerfileError('ERR_TSBUILD_UNKNOWN_INSTRUCTION', `unknown instruction: ${shorten(keyword)}`, hint);
}

function missingSpace(keyword: string, known: readonly string[]): string | undefined {
  const word = /^[A-Za-z]+(?=[[("'=])/.exec(keyword)?.[0].toUpperCase() ?? '';
  return known.includes(word) ? `put a space after ${word}` : undefined;
}

function lineBefore(keyword: string, previous: Instruction | undefined): string | undefined {
  if (previous === undefined) return undefined;
  const takesNone = previous.kind !== 'RUN' && previous.kind !== 'COPY' && previous.kind !== 'ADD';
  if (previous.original.includes('<<') && takesNone) return `${previous.kind} takes no here-documents`;
  return /^[&|;>)]/.test(keyword) ? 'a line that goes on must end with the escape character' : undefined;
}

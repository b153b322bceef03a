import { stripVTControlCharacters } from 'node:util';
import { visible } from '../visible.ts';

/** Output beyond this is of lines that are not shown any more. */
const MAX_LENGTH = 4096;

/** The end of what a step printed, as a person reads it. */
export interface LogTail {
  take(bytes: Uint8Array, stream: 'stdout' | 'stderr'): void;
  /** Lines that say something, without control sequences, and of a line that was written over only the last state. */
  lines(): readonly string[];
}

export function createLogTail(): LogTail {
  const decoders = { stdout: new TextDecoder(), stderr: new TextDecoder() };
  let tail = '';
  return {
    take(bytes, stream) {
      tail += decoders[stream].decode(bytes, { stream: true });
      if (tail.length > MAX_LENGTH) tail = fromLineStart(tail.slice(-MAX_LENGTH));
    },
    lines: () => stripVTControlCharacters(tail).split('\n').map(lastState).filter(isSaying),
  };
}

/** A cut may fall into a control sequence, whose rest would be read as text. */
function fromLineStart(text: string): string {
  const newline = text.indexOf('\n');
  return newline === -1 ? text : text.slice(newline + 1);
}

function lastState(line: string): string {
  const state = line.trimEnd().split('\r').at(-1) ?? '';
  return visible(state.replace(/\t/g, '    ').replace(/\p{Cc}/gu, ''));
}

function isSaying(line: string): boolean {
  return line.trim() !== '';
}

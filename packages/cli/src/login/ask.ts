import type { Readable } from 'node:stream';
import { TsbuildError, UsageError } from '@tsbuild/core';
import type { Surroundings } from '../command.ts';
import { print } from '../print.ts';

/** A terminal that somebody types at. */
interface Terminal extends Readable {
  setRawMode(isRaw: boolean): unknown;
}

/** Asks for a line. @throws {UsageError} when nobody sits at a terminal */
export function ask(question: string, surroundings: Surroundings, signal: AbortSignal): Promise<string> {
  return askLine(question, surroundings, signal, true);
}

/** Asks for a line that is not shown while it is typed. @throws {UsageError} when nobody sits at a terminal */
export function askSecret(question: string, surroundings: Surroundings, signal: AbortSignal): Promise<string> {
  return askLine(question, surroundings, signal, false);
}

async function askLine(
  question: string,
  { stdin, stderr }: Surroundings,
  signal: AbortSignal,
  isShown: boolean,
): Promise<string> {
  if (!isTerminal(stdin)) {
    throw new UsageError('cannot log in interactively: standard input is no terminal', {
      hint: 'use --username and --password-stdin',
    });
  }
  // Before the question, so that no answer can come before it.
  stdin.setRawMode(true);
  try {
    await print(stderr, question);
    return await readLine(stdin, signal, (text) => {
      if (isShown) stderr.write(text);
    });
  } finally {
    stdin.setRawMode(false);
    stdin.pause();
    await print(stderr, '\n');
  }
}

function isTerminal(stdin: Readable): stdin is Terminal {
  return 'isTTY' in stdin && stdin.isTTY === true && 'setRawMode' in stdin;
}

const INTERRUPT = '\u0003';
const END = '\u0004';
const ERASE = ['\u0008', '\u007f'];

/** In raw mode the terminal edits nothing: keys come as they are pressed. */
function readLine(stdin: Terminal, signal: AbortSignal, show: (text: string) => void): Promise<string> {
  return new Promise((resolve, reject) => {
    let line = '';
    const finish = (settle: () => void) => {
      stdin.off('data', onData);
      signal.removeEventListener('abort', onAbort);
      settle();
    };
    const onAbort = () => finish(() => reject(signal.reason));
    const onKey = (key: string) => {
      if (key === '\r' || key === '\n' || key === END) return finish(() => resolve(line));
      if (key === INTERRUPT) return finish(() => reject(new TsbuildError('ERR_TSBUILD_INTERRUPTED', 'interrupted')));
      if (!ERASE.includes(key)) {
        line += key;
        return show(key);
      }
      if (line !== '') show('\b \b');
      line = Array.from(line).slice(0, -1).join('');
    };
    // What was typed ahead of the next question is kept for it.
    const onData = (chunk: Buffer) => {
      const keys = Array.from(chunk.toString('utf8'));
      const end = keys.findIndex((key) => key === '\r' || key === '\n');
      if (end !== -1 && end < keys.length - 1) stdin.unshift(Buffer.from(keys.splice(end + 1).join('')));
      for (const key of keys) onKey(key);
    };
    signal.addEventListener('abort', onAbort);
    stdin.on('data', onData);
    stdin.resume();
  });
}

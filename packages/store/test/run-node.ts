import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { onTestFinished } from 'vitest';

const STORE = new URL('../dist/index.js', import.meta.url).href;
const CORE = new URL('../../core/dist/index.js', import.meta.url).href;

const PRELUDE = `
import { openStore } from ${JSON.stringify(STORE)};
import { digestOf, toDiffId } from ${JSON.stringify(CORE)};
const [root, ...args] = process.argv.slice(1);
async function* streamOf(text) { yield Buffer.from(text); }
`;

export interface NodeOptions {
  readonly uid?: number;
  readonly gid?: number;
  /** A program, and its first arguments, that runs node. */
  readonly wrapper?: readonly string[];
}

/** Starts a process of its own on a store; the script sees `openStore`, `root`, `args` and a few words of core. */
export function startNode(script: string, args: readonly string[], options: NodeOptions = {}): ChildProcess {
  const { wrapper = [], ...user } = options;
  const [program = '', ...words] = [
    ...wrapper,
    process.execPath,
    '--input-type=module',
    '-e',
    PRELUDE + script,
    ...args,
  ];
  const child = spawn(program, words, { stdio: ['ignore', 'pipe', 'inherit'], ...user });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  return child;
}

/** What the script printed. @throws when it ended with a status other than 0. */
export async function runNode(script: string, args: readonly string[], options: NodeOptions = {}): Promise<string> {
  const child = startNode(script, args, options);
  let output = '';
  child.stdout?.on('data', (bytes: Buffer) => {
    output += bytes;
  });
  const [status] = await once(child, 'close');
  if (status !== 0) throw new Error(`the process ended with status ${status}: ${output}`);
  return output;
}

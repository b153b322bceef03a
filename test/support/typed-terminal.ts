import { spawn } from 'node:child_process';
import { waitFor } from './wait-for.ts';

/** A program in a terminal, and somebody who types. */
export interface TypedTerminal extends AsyncDisposable {
  /** Everything that was shown so far. */
  shown(): string;
  /** Waits until `text` is shown after what was waited for before. */
  sees(text: string): Promise<void>;
  type(text: string): void;
  /** Exit status of the program. */
  readonly ended: Promise<number>;
}

/** Starts a command line of the shell in a terminal made by `script`. */
export function openTypedTerminal(command: string, env: Readonly<Record<string, string>> = {}): TypedTerminal {
  const args = ['--quiet', '--return', '--flush', '--echo', 'always', '--command', command, '/dev/null'];
  const child = spawn('script', args, { env: { ...process.env, SHELL: '/bin/sh', ...env }, stdio: 'pipe' });
  let [shown, seen] = ['', 0];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    shown += text;
  });
  const ended = new Promise<number>((resolve) => {
    child.once('close', (code) => resolve(code ?? 128));
  });
  return {
    shown: () => shown,
    async sees(text) {
      await waitFor(`${JSON.stringify(text)} in the terminal`, async () => {
        const at = shown.indexOf(text, seen);
        if (at === -1) throw new Error(`it shows ${JSON.stringify(shown)}`);
        seen = at + text.length;
        return true;
      });
    },
    type: (text) => void child.stdin.write(text),
    ended,
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

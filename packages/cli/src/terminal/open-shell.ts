import type { FailedStep } from '@tsbuild/engine';
import type { Surroundings } from '../command.ts';
import { visible } from '../visible.ts';
import { LentTerminal } from './open-terminal.ts';
import { writeBytes } from './write-bytes.ts';

/** The better one of those that the root has. */
const SHELL = ['/bin/sh', '-c', 'if command -v bash > /dev/null 2>&1; then exec bash; else exec sh; fi'];
const NOT_FOUND = 127;

/** Opens a shell in the root of a failed step, on the terminal of this process; returns when it has ended. */
export async function openShell(failure: FailedStep, surroundings: Surroundings, signal: AbortSignal): Promise<void> {
  const { stdout, stderr, env } = surroundings;
  stderr.write(`\n${visible(failure.label)} failed with status ${failure.error.exitCode}\n`);
  stderr.write('this is a shell in its root file system; exit ends it and the build\n');
  using terminal = new LentTerminal(surroundings);
  const { exitCode } = await failure.run(SHELL, {
    terminal: terminal.size,
    stdin: terminal.input,
    env: env.TERM === undefined ? {} : { TERM: env.TERM },
    onStart: (shell) => terminal.follow(shell),
    onOutput: (_, bytes) => writeBytes(stdout, bytes),
    signal,
  });
  if (exitCode === NOT_FOUND) stderr.write('this root has no /bin/sh\n');
}

import { runCommandLine } from './cli.ts';
import type { Surroundings } from './command.ts';
import { limitMemory } from './limit-memory.ts';
import { print, tolerateClosedPipes } from './print.ts';
import { abortOnSignals } from './signals.ts';

/** Runs the command line of this process and sets its exit status. */
async function main(): Promise<void> {
  const { stdout, stderr, env } = process;
  tolerateClosedPipes(stdout, stderr);
  const interruption = abortOnSignals(process);
  const { divert: divertSignals } = interruption;
  const surroundings: Surroundings = {
    get stdin() {
      return process.stdin; // opened for those who read it
    },
    stdout,
    stderr,
    env,
    cwd: process.cwd(),
    divertSignals,
  };
  try {
    const result = await runCommandLine(process.argv.slice(2), surroundings, interruption.signal);
    if (result.failure !== undefined) await printFailure(result.failure, surroundings, interruption.signal);
    await print(stdout, result.stdout ?? '');
    process.exitCode = result.exitCode;
  } catch (error) {
    process.exitCode = await printFailure(error, surroundings, interruption.signal);
  } finally {
    interruption.release();
  }
}

/** Says what went wrong; the exit status that goes with it. */
async function printFailure(
  error: unknown,
  { stderr, env }: Pick<Surroundings, 'stderr' | 'env'>,
  signal: AbortSignal,
): Promise<number> {
  const { explain } = await import('./errors/explain.ts');
  const { text, exitCode } = explain(error, signal, {
    isDebug: isDebug(env),
    hasColor: stderr.isTTY === true && (env.NO_COLOR ?? '') === '',
  });
  await print(stderr, text);
  return exitCode;
}

function isDebug(env: Surroundings['env']): boolean {
  return (env.TSBUILD_DEBUG ?? '') !== '' || process.argv.some((arg) => arg === '--debug' || arg === '-D');
}

limitMemory();
void main();

import { runCommandLine } from './cli.ts';
import type { Surroundings } from './command.ts';
import { limitMemory } from './limit-memory.ts';
import { print, tolerateClosedPipes } from './print.ts';
import { abortOnSignals } from './signals.ts';

/** Runs the command line of this process and sets its exit status. */
async function main(): Promise<void> {
  const { stdin, stdout, stderr, env } = process;
  const surroundings: Surroundings = { stdin, stdout, stderr, env, cwd: process.cwd() };
  tolerateClosedPipes(stdout, stderr);
  const interruption = abortOnSignals(process);
  try {
    const { exitCode, stdout: text = '' } = await runCommandLine(
      process.argv.slice(2),
      surroundings,
      interruption.signal,
    );
    await print(stdout, text);
    process.exitCode = exitCode;
  } catch (error) {
    const { explain } = await import('./errors/explain.ts');
    const { text, exitCode } = explain(error, interruption.signal, {
      isDebug: isDebug(env),
      hasColor: stderr.isTTY === true && (env.NO_COLOR ?? '') === '',
    });
    await print(stderr, text);
    process.exitCode = exitCode;
  } finally {
    interruption.release();
  }
}

function isDebug(env: Surroundings['env']): boolean {
  return (env.TSBUILD_DEBUG ?? '') !== '' || process.argv.some((arg) => arg === '--debug' || arg === '-D');
}

limitMemory();
void main();

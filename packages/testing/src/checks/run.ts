import type { BuiltImage, RunOptions } from '@tsbuild/engine';
import { type CheckResult, excerpt } from './check.ts';

/** What a command is expected to do, and how it is run: as `image.run()` takes it. */
export interface RunExpectation extends Omit<RunOptions, 'onOutput'> {
  /** @default 0 */
  readonly exitCode?: number;
  /** All that it prints, or what is in it. */
  readonly stdout?: string | RegExp;
  readonly stderr?: string | RegExp;
}

/** Runs a command in the image, with its entrypoint, and compares the status and what was asked for of the output. */
export async function checkRun(
  image: Pick<BuiltImage, 'run'>,
  args: readonly string[] = [],
  { exitCode = 0, stdout, stderr, ...options }: RunExpectation = {},
): Promise<CheckResult> {
  const result = await image.run(args, options);
  const command = args.length === 0 ? 'the image' : JSON.stringify(args.join(' '));
  const printed = `stdout ${excerpt(result.stdout)}, stderr ${excerpt(result.stderr)}`;
  const differences = [
    ...(result.exitCode === exitCode ? [] : [`ended with status ${result.exitCode}, expected ${exitCode}`]),
    ...differenceOf('stdout', result.stdout, stdout),
    ...differenceOf('stderr', result.stderr, stderr),
  ];
  const pass = differences.length === 0;
  const message = () => `${command} ${pass ? 'ran as expected' : differences.join(' and ')}: ${printed}`;
  return { pass, message, actual: result, expected: { exitCode, stdout, stderr } };
}

function differenceOf(stream: string, actual: string, expected: string | RegExp | undefined): string[] {
  if (expected === undefined || matches(actual, expected)) return [];
  const wanted = expected instanceof RegExp ? `to match ${expected}` : excerpt(expected);
  return [`printed something else to ${stream}, expected ${wanted}`];
}

function matches(actual: string, expected: string | RegExp): boolean {
  if (!(expected instanceof RegExp)) return actual === expected;
  return new RegExp(expected.source, expected.flags.replace(/[gy]/g, '')).test(actual);
}

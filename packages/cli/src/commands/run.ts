import { TsbuildError, UsageError } from '@tsbuild/core';
import type { RunImageOptions } from '@tsbuild/engine';
import { readPlace } from '../build/request.ts';
import type { Command, Surroundings } from '../command.ts';
import { RUN_FLAGS, type RunFlagName } from '../flags/run-flags.ts';
import { openBuilder } from '../open-builder.ts';
import { isClosedPipe } from '../print.ts';
import { SignalPassage } from '../run/pass-signals.ts';
import { readRunOptions } from '../run/run-request.ts';
import { LentTerminal, terminalSize } from '../terminal/open-terminal.ts';
import { InputReader } from '../terminal/read-input.ts';
import { writeBytes } from '../terminal/write-bytes.ts';

/** As a shell reports a command that SIGPIPE ended. */
const OUTPUT_CLOSED = 141;

export const runCommand = {
  usage: '[OPTIONS] IMAGE [COMMAND] [ARG...]',
  summary: 'Run a command in an image; nothing of it is kept',
  flags: RUN_FLAGS,
  flagsComeFirst: true,
  failureStatus: 125,
  async run({ values, positionals, surroundings, signal }) {
    const [image, ...args] = positionals;
    if (image === undefined) throw new UsageError('tsbuild run needs at least one argument, IMAGE');
    const isInteractive = values.bool('interactive');
    const hasTerminal = values.bool('tty');
    if (isInteractive && hasTerminal && surroundings.stdin.isTTY !== true) {
      throw new UsageError('--tty with --interactive needs a terminal: standard input is none', {
        hint: 'leave out -t',
      });
    }
    const options = await readRunOptions({ values, surroundings });
    await using builder = await openBuilder(readPlace(values));
    using streams = openStreams({ isInteractive, hasTerminal }, surroundings, signal);
    try {
      const { exitCode } = await builder.run(image, args, {
        ...options,
        ...streams.options,
        onPull: (name) => void (values.bool('quiet') || surroundings.stderr.write(`pulling ${name}\n`)),
      });
      return { exitCode };
    } catch (error) {
      if (isClosedPipe(error)) return { exitCode: OUTPUT_CLOSED };
      throw error;
    }
  },
} satisfies Command<RunFlagName>;

interface Streams extends Disposable {
  readonly options: RunImageOptions;
}

/** What a command reads, prints and is told, connected with this process. */
function openStreams(
  { isInteractive, hasTerminal }: { readonly isInteractive: boolean; readonly hasTerminal: boolean },
  surroundings: Surroundings,
  signal: AbortSignal,
): Streams {
  const giveUp = new AbortController();
  const signals = new SignalPassage(surroundings, (name) =>
    giveUp.abort(new TsbuildError('ERR_TSBUILD_INTERRUPTED', `interrupted by ${name}`)),
  );
  const terminal = isInteractive && hasTerminal ? new LentTerminal(surroundings) : undefined;
  const input = terminal?.input ?? (isInteractive ? new InputReader(surroundings.stdin) : undefined);
  return {
    options: {
      ...(input === undefined ? {} : { stdin: input }),
      ...(hasTerminal ? { terminal: terminalSize(surroundings.stdout) } : {}),
      onStart(command) {
        signals.follow(command);
        terminal?.follow(command);
      },
      onOutput: (stream, bytes) => writeBytes(surroundings[stream], bytes),
      signal: AbortSignal.any([signal, giveUp.signal]),
    },
    [Symbol.dispose]() {
      (terminal ?? input)?.[Symbol.dispose]();
      signals[Symbol.dispose]();
    },
  };
}

import { isTsbuildError, UsageError } from '@tsbuild/core';
import { didYouMean } from '@tsbuild/dockerfile';
import type { CommandResult, Surroundings } from './command.ts';
import { COMMANDS, findCommand, IMAGE_COMMANDS } from './commands.ts';
import { HELP_FLAG } from './flags/common-flags.ts';
import { parseFlags } from './flags/parse-flags.ts';

/** Runs one command line and gives back what is to be printed. @throws {TsbuildError} */
export async function runCommandLine(
  args: readonly string[],
  surroundings: Surroundings,
  signal: AbortSignal,
): Promise<CommandResult> {
  const [name = '--help', ...rest] = args;
  if (name === '--version' || name === '-v') return version();
  if (name === '--help' || name === '-h' || name === 'help') return help(rest);
  if (name === '__complete') return complete(rest.slice(1), surroundings);
  const found = findCommand(args);
  if (found === undefined) throw unknownCommand(args);
  const command = await found.entry.load();
  try {
    const { values, positionals } = parseFlags([...command.flags, HELP_FLAG], args.slice(found.words), command);
    if (values.bool('help')) return await help(args.slice(0, found.words));
    return await command.run({ values, positionals, surroundings, signal });
  } catch (failure) {
    if (command.failureStatus === undefined || isInterruption(failure)) throw failure;
    return { exitCode: command.failureStatus, failure };
  }
}

function isInterruption(error: unknown): boolean {
  return isTsbuildError(error) && error.code === 'ERR_TSBUILD_INTERRUPTED';
}

async function help(words: readonly string[]): Promise<CommandResult> {
  const { commandHelp, overviewHelp } = await import('./flags/help-text.ts');
  if (words.length === 0) return { exitCode: 0, stdout: overviewHelp(COMMANDS) };
  const found = findCommand(words);
  if (found === undefined) throw unknownCommand(words);
  return { exitCode: 0, stdout: commandHelp(found.name, await found.entry.load()) };
}

async function version(): Promise<CommandResult> {
  const { readVersion } = await import('./version.ts');
  return { exitCode: 0, stdout: `tsbuild ${readVersion()}\n` };
}

/** What the completion scripts call: the words after `--` are those of a command line up to the cursor. */
async function complete(words: readonly string[], { cwd }: Surroundings): Promise<CommandResult> {
  const { complete: completeWords } = await import('./completion/complete.ts');
  const { completionAnswer } = await import('./completion/answer.ts');
  return { exitCode: 0, stdout: completionAnswer(await completeWords(words, cwd)) };
}

function unknownCommand([name = '', sub]: readonly string[]): UsageError {
  if (name === 'image') {
    return new UsageError(sub === undefined ? 'tsbuild image needs a command' : `unknown command: image ${sub}`, {
      hint: `there are ${[...IMAGE_COMMANDS.keys()].join(', ')}`,
    });
  }
  const kind = name.startsWith('-') ? 'flag' : 'command';
  return new UsageError(`unknown ${kind}: ${name}`, {
    hint: didYouMean(name, [...COMMANDS.keys()]) ?? 'tsbuild --help lists the commands',
  });
}

import { UsageError } from '@tsbuild/core';
import { didYouMean } from '@tsbuild/dockerfile';
import type { CommandResult, Surroundings } from './command.ts';
import { COMMANDS } from './commands.ts';
import { HELP_FLAG } from './flags/common-flags.ts';
import { parseFlags } from './flags/parse-flags.ts';

/** Runs one command line and gives back what is to be printed. @throws {TsbuildError} */
export async function runCommandLine(
  args: readonly string[],
  surroundings: Surroundings,
  signal: AbortSignal,
): Promise<CommandResult> {
  const [name = '--help', ...rest] = args;
  if (name === '--version' || name === '-v') return runCommandLine(['version', ...rest], surroundings, signal);
  if (name === '--help' || name === '-h' || name === 'help') return help(rest);
  const entry = COMMANDS.get(name);
  if (entry === undefined) throw unknownCommand(name);
  const command = await entry.load();
  const { values, positionals } = parseFlags([...command.flags, HELP_FLAG], rest);
  if (values.bool('help')) return help([name]);
  return command.run({ values, positionals, surroundings, signal });
}

async function help([name]: readonly string[]): Promise<CommandResult> {
  const { commandHelp, overviewHelp } = await import('./flags/help-text.ts');
  if (name === undefined) return { exitCode: 0, stdout: overviewHelp(COMMANDS) };
  const entry = COMMANDS.get(name);
  if (entry === undefined) throw unknownCommand(name);
  return { exitCode: 0, stdout: commandHelp(name, await entry.load()) };
}

function unknownCommand(name: string): UsageError {
  const kind = name.startsWith('-') ? 'flag' : 'command';
  return new UsageError(`unknown ${kind}: ${name}`, {
    hint: didYouMean(name, [...COMMANDS.keys()]) ?? 'tsbuild --help lists the commands',
  });
}

import { TsbuildError } from '@tsbuild/core';
import type { LaunchFailure, Syscall } from '../launch/program.ts';
import { errnoName } from '../linux/libc.ts';
import type { FailedCommand } from './runner.ts';

/** What a shell says of a program that was found but could not be started. */
const EXEC_ERRORS: Readonly<Record<string, string>> = {
  ENOEXEC: 'exec format error',
  ENOENT: 'its interpreter does not exist',
  EACCES: 'permission denied',
  E2BIG: 'argument list too long',
};

/**
 * That the program itself does not start is the command's failure; anything before it is ours.
 * @throws {TsbuildError} ERR_TSBUILD_SANDBOX for one of `calls`
 */
export function failedCommand(
  { index, errno }: LaunchFailure,
  calls: readonly Syscall[],
  program: string,
): FailedCommand {
  const code = errnoName(errno);
  const call = calls[index];
  if (call !== undefined) {
    const subject = [call.name, ...call.args.filter((argument) => typeof argument === 'string')].join(' ');
    throw new TsbuildError('ERR_TSBUILD_SANDBOX', `cannot prepare the command: ${subject}: ${code}`);
  }
  const message = `exec: ${JSON.stringify(program)}: ${EXEC_ERRORS[code] ?? code}`;
  return { exitCode: code === 'ENOENT' ? 127 : 126, message, code };
}

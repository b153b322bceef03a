import { parsePlatform } from '@tsbuild/core';
import { checkDockerfile, parseDockerfile } from '@tsbuild/dockerfile';
import type { BuildFile, BuildOptions } from '@tsbuild/engine';
import type { CommandResult } from '../command.ts';
import type { CallRequest } from './call-flag.ts';
import { checkJson, checkText } from './check-report.ts';

/** Checks the Dockerfile of a build without building. The exit status is 1 when there are warnings. @throws {DockerfileError} */
export function runCheck(
  { format, ignoreStatus }: Omit<CallRequest, 'method'>,
  { name, text, ignores }: BuildFile,
  { buildArgs = {}, platforms: [platform] = [] }: Pick<BuildOptions, 'buildArgs' | 'platforms'>,
): CommandResult {
  const dockerfile = parseDockerfile(text, { name });
  const warnings = checkDockerfile(dockerfile, {
    buildArgs,
    ...(platform === undefined ? {} : { targetPlatform: parsePlatform(platform) }),
    ...(ignores === undefined ? {} : { ignores }),
  });
  return {
    exitCode: warnings.length === 0 || ignoreStatus ? 0 : 1,
    stdout: format === 'json' ? checkJson(warnings, dockerfile.source) : checkText(warnings, dockerfile.source),
  };
}

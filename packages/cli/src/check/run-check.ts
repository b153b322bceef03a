import { parsePlatform } from '@tsbuild/core';
import { checkDockerfile, parseDockerfile } from '@tsbuild/dockerfile';
import type { BuildOptions } from '@tsbuild/engine';
import type { CommandResult } from '../command.ts';
import type { CheckRequest } from './call-flag.ts';
import { checkJson, checkText } from './check-report.ts';
import { readCheckedText } from './read-dockerfile.ts';

/** Checks the Dockerfile of a build without building. The exit status is 1 when there are warnings. @throws {DockerfileError} */
export async function runCheck({ format, ignoreStatus }: CheckRequest, options: BuildOptions): Promise<CommandResult> {
  const { source, ignores } = await readCheckedText(options);
  const dockerfile = parseDockerfile(source.text, { name: source.name });
  const { buildArgs = {}, platform } = options;
  const warnings = checkDockerfile(dockerfile, {
    buildArgs,
    ...(platform === undefined ? {} : { targetPlatform: parsePlatform(platform) }),
    ...(ignores === undefined ? {} : { ignores }),
  });
  return {
    exitCode: warnings.length === 0 || ignoreStatus ? 0 : 1,
    stdout: format === 'json' ? checkJson(warnings, source) : checkText(warnings, source),
  };
}

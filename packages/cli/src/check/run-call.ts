import type { Builder, BuildOptions } from '@tsbuild/engine';
import type { CommandResult } from '../command.ts';
import type { CallRequest } from './call-flag.ts';
import { outlineJson, outlineText } from './outline-report.ts';
import { runCheck } from './run-check.ts';
import { targetsJson, targetsText } from './targets-report.ts';

/** Says something about the Dockerfile of a build instead of building it. @throws {DockerfileError} */
export async function runCall(request: CallRequest, options: BuildOptions, builder: Builder): Promise<CommandResult> {
  const file = await builder.read(options);
  if (request.method === 'check') return runCheck(request, file, options);
  const { describeTarget, listTargets } = await import('@tsbuild/engine');
  const isJson = request.format === 'json';
  if (request.method === 'targets') {
    const targets = listTargets(file, options);
    return { exitCode: 0, stdout: isJson ? targetsJson(targets, file) : targetsText(targets) };
  }
  const outline = describeTarget(file, options);
  return { exitCode: 0, stdout: isJson ? outlineJson(outline, file) : outlineText(outline) };
}

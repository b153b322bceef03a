import { resolve } from 'node:path';
import type { FailedStep } from '@tsbuild/engine';
import { redirectToStdout } from '../build/archive-to-stdout.ts';
import { resultId } from '../build/metadata.ts';
import { readOnError } from '../build/on-error-flag.ts';
import { readBuilderOptions, readBuildOptions } from '../build/request.ts';
import { removeStaleFiles, writeResultFiles } from '../build/result-files.ts';
import { readCall } from '../check/call-flag.ts';
import type { Command } from '../command.ts';
import { BUILD_FLAGS, type BuildFlagName } from '../flags/build-flags.ts';
import { limitGarbage } from '../limit-memory.ts';
import { openBuilder } from '../open-builder.ts';
import { readProgressMode } from '../progress/mode.ts';
import { openProgress } from '../progress/open-progress.ts';
import { formatWarnings } from '../progress/warnings.ts';
import { reportedBuild } from '../report/reported-build.ts';

export const buildCommand = {
  usage: '[OPTIONS] PATH | URL | -',
  summary: 'Build an image from a Dockerfile',
  flags: BUILD_FLAGS,
  async run(input) {
    const { values, surroundings, signal } = input;
    const { stdout, stderr } = surroundings;
    const mode = readProgressMode({ progress: values.text('progress'), isQuiet: values.bool('quiet') }, surroundings);
    const call = readCall(values.text('call'), values.bool('check'));
    const wantsShell = readOnError(values.text('on-error'), surroundings);
    const { outputs: asked = [], ...options } = await readBuildOptions(input);
    if (call !== undefined) {
      await using reader = await openBuilder(readBuilderOptions(input));
      return await (await import('../check/run-call.ts')).runCall(call, { ...options, signal }, reader);
    }
    if (values.bool('dry-run')) {
      await using planner = await openBuilder(readBuilderOptions(input));
      return (await import('../explain/dry-run.ts')).dryRun(planner, { ...options, signal }, mode === 'quiet');
    }
    await removeStaleFiles(input);
    limitGarbage();
    await using archive = await redirectToStdout(asked, stdout, signal);
    await using builder = await openBuilder(readBuilderOptions(input));
    using progress = openProgress(mode, surroundings);
    const { onEvent } = progress;
    const onError = async (failure: FailedStep) => {
      progress.close();
      await (await import('../terminal/open-shell.ts')).openShell(failure, surroundings, signal);
    };
    const report = values.text('report');
    const request = { ...options, ...(wantsShell && { onError }), outputs: archive.outputs, onEvent, signal };
    const result = await reportedBuild(builder, request, report && resolve(surroundings.cwd, report));
    progress.close();
    await archive.send();
    await writeResultFiles(input, result);
    if (values.bool('explain')) {
      stderr.write((await import('../explain/explain-steps.ts')).explainSteps(result.steps));
    }
    if (mode === 'plain' || mode === 'tty') stderr.write(formatWarnings(result.warnings));
    return { exitCode: 0, stdout: mode === 'quiet' && !archive.isArchive ? `${resultId(result)}\n` : '' };
  },
} satisfies Command<BuildFlagName>;

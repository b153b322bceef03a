import { createReadStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fromSystemError } from '@tsbuild/core';
import type { OutputOptions } from '@tsbuild/engine';
import { isClosedPipe } from '../print.ts';
import { STDOUT } from './output-flag.ts';

/** Outputs whose `dest` is a file, and the way of that file to standard output. */
export interface RedirectedOutputs extends AsyncDisposable {
  readonly outputs: readonly OutputOptions[];
  /** True when standard output is for an archive, so that nothing else may be written there. */
  readonly isArchive: boolean;
  /** Copies the archive that was meant for standard output, if one was. */
  send(): Promise<void>;
}

/** An archive for standard output is made in a temporary file first: so nothing is sent of a build that fails. */
export async function redirectToStdout(
  outputs: readonly OutputOptions[],
  stdout: NodeJS.WritableStream,
  signal: AbortSignal,
): Promise<RedirectedOutputs> {
  if (!outputs.some(isForStdout)) {
    return { outputs, isArchive: false, async send() {}, async [Symbol.asyncDispose]() {} };
  }
  const folder = await mkdtemp(join(tmpdir(), 'tsbuild-'));
  const archive = join(folder, 'image.tar');
  return {
    isArchive: true,
    outputs: outputs.map((output) => (isForStdout(output) ? { ...output, dest: archive } : output)),
    send: () => copyTo(stdout, archive, signal),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}

function isForStdout(output: OutputOptions): boolean {
  return 'dest' in output && output.dest === STDOUT;
}

async function copyTo(stdout: NodeJS.WritableStream, path: string, signal: AbortSignal): Promise<void> {
  try {
    await pipeline(createReadStream(path, { highWaterMark: 1024 * 1024 }), stdout, { end: false, signal });
  } catch (error) {
    if (!isClosedPipe(error)) throw fromSystemError(error, 'writing to standard output');
  }
}

import { spawn } from 'node:child_process';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type ByteStream, isTsbuildError } from '@tsbuild/core';
import type { ExportContext } from '../export-context.ts';

const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;

export interface CommandOutcome {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program of this machine, with a stream for its standard input. An abort ends it. */
export async function runCommand(
  [program, ...args]: readonly [string, ...string[]],
  input: ByteStream | undefined,
  signal: ExportContext['signal'],
): Promise<CommandOutcome> {
  const child = spawn(program, args, { stdio: 'pipe', ...(signal === undefined ? {} : { signal }) });
  const ended = new Promise<number>((resolve, reject) => {
    child.once('error', reject).once('close', (code) => resolve(code ?? 1));
  });
  ended.catch(() => undefined);
  const sent = pipeline(Readable.from(input ?? []), child.stdin).catch((error: unknown) => error);
  const [stdout, stderr, exitCode, failure] = await Promise.all([
    readAll(child.stdout),
    readAll(child.stderr),
    ended,
    sent,
  ]);
  // A program that ends early says why itself; what was wrong with the input it cannot know.
  if (isTsbuildError(failure)) throw failure;
  return { exitCode, stdout, stderr };
}

async function readAll(stream: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream) {
    size += chunk.length;
    if (size <= MAX_OUTPUT_BYTES) chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

import { spawn } from 'node:child_process';
import { pipeline } from 'node:stream/promises';
import { type ByteStream, LayerError, systemErrorCode } from '@tsbuild/core';
import { damagedData } from './errors.ts';

/** Formats that few archives use: the tool that reads each, and the package that has it. */
const TOOLS = {
  xz: { command: 'xz', args: ['-dcq', '--memlimit-decompress=256MiB'], package: 'xz-utils' },
  bzip2: { command: 'bzip2', args: ['-dcq'], package: 'bzip2' },
} as const;

/**
 * Pipes a stream through a system tool. The tool ends when the caller leaves early or the signal fires.
 * @throws {LayerError} when the tool is missing or finds the data damaged
 */
export async function* throughTool(
  compression: keyof typeof TOOLS,
  source: ByteStream,
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const { command, args } = TOOLS[compression];
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'] });
  const exited = new Promise<{ code: number | null; error?: unknown }>((resolve) => {
    child.once('error', (error) => resolve({ code: null, error }));
    child.once('close', (code) => resolve({ code }));
  });
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaint = (complaint + text).slice(-1024);
  });
  const feeding = feed(source, child.stdin, signal);
  try {
    for await (const bytes of child.stdout) yield bytes;
    const { code, error } = await exited;
    if (error !== undefined) throw toolProblem(compression, error);
    const feedError = await feeding;
    // A tool that gives up closes its input; what it says matters more.
    if (feedError !== undefined && systemErrorCode(feedError) !== 'EPIPE') throw feedError;
    if (code !== 0) throw damagedData(compression, complaint.trim() || `${command} ended with status ${code}`);
  } finally {
    child.kill('SIGKILL');
    await feeding;
  }
}

/** Resolves with what went wrong instead of rejecting: the tool's exit is awaited first. */
async function feed(source: ByteStream, stdin: NodeJS.WritableStream, signal?: AbortSignal): Promise<unknown> {
  try {
    await pipeline(source, stdin, signal === undefined ? {} : { signal });
    return undefined;
  } catch (error) {
    return error;
  }
}

function toolProblem(compression: keyof typeof TOOLS, error: unknown): unknown {
  if (systemErrorCode(error) !== 'ENOENT') return error;
  const { command, package: name } = TOOLS[compression];
  return new LayerError('ERR_TSBUILD_COMPRESSION', `cannot read ${compression} data: no ${command} command`, {
    hint: `install ${name}, or compress with gzip or zstd`,
    cause: error,
  });
}

import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type ByteStream, isTsbuildError, SolveError } from '@tsbuild/core';
import { askDocker } from '../../docker/ask-docker.ts';
import type { DockerEndpoint } from '../../docker/docker-endpoint.ts';
import type { ExportContext } from '../export-context.ts';

/** Lists of images may be long; nothing that an engine says is longer. */
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;

export interface DockerAnswer {
  readonly status: number;
  readonly text: string;
}

export interface DockerCall {
  readonly method?: 'GET' | 'POST';
  readonly path: string;
  readonly body?: ByteStream;
  readonly signal: ExportContext['signal'];
}

/**
 * One call of Docker's Engine API.
 * @see https://docs.docker.com/reference/api/engine/
 * @throws {SolveError} when nobody answers
 */
export async function dockerRequest(
  endpoint: DockerEndpoint,
  { method = 'GET', path, body, signal }: DockerCall,
): Promise<DockerAnswer> {
  const outgoing = askDocker(endpoint, {
    method,
    path,
    ...(signal === undefined ? {} : { signal }),
    headers: body === undefined ? {} : { 'content-type': 'application/x-tar' },
  });
  const answer = new Promise<DockerAnswer>((resolve, reject) => {
    outgoing.once('error', reject).once('response', (response) => readAnswer(response).then(resolve, reject));
  });
  try {
    // An engine that has heard enough answers early and closes: then its answer counts.
    if (body !== undefined) pipeline(Readable.from(body), outgoing).catch(() => undefined);
    else outgoing.end();
    return await answer;
  } catch (cause) {
    if (signal?.aborted === true || isTsbuildError(cause)) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new SolveError('ERR_TSBUILD_OUTPUT', `Docker at ${endpoint.address} does not answer: ${reason}`, {
      cause,
      hint: 'start it, or set DOCKER_HOST',
    });
  }
}

async function readAnswer(response: Readable & { statusCode?: number | undefined }): Promise<DockerAnswer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response) {
    size += chunk.length;
    if (size > MAX_ANSWER_BYTES) throw new RangeError(`an answer of more than ${MAX_ANSWER_BYTES} bytes`);
    chunks.push(chunk);
  }
  return { status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() };
}

import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { type ByteStream, systemErrorCode, TsbuildError } from '@tsbuild/core';
import { askDocker } from '../docker/ask-docker.ts';
import { type DockerEndpoint, dockerEndpoint, type Environment } from '../docker/docker-endpoint.ts';

const MAX_MESSAGE_BYTES = 64 * 1024;

/**
 * The archive of an image that Docker's engine has, as `docker save` would write it, while it streams. Nothing is asked
 * of the engine but this.
 * @see https://docs.docker.com/reference/api/engine/version/v1.43/#tag/Image/operation/ImageGetAll
 * @throws {TsbuildError} ERR_TSBUILD_IMAGE_NOT_FOUND @throws {UsageError} for an engine that is reached in another way
 */
export async function exportFromDaemon(
  name: string,
  env: Environment,
  signal: AbortSignal | undefined,
): Promise<ByteStream> {
  const endpoint = dockerEndpoint(env) ?? {
    address: 'unix:///var/run/docker.sock',
    socketPath: '/var/run/docker.sock',
  };
  const response = await ask(endpoint, `/images/get?names=${encodeURIComponent(name)}`, signal);
  if (response.statusCode === 200) return response;
  throw await refused(response, name);
}

async function ask(endpoint: DockerEndpoint, path: string, signal: AbortSignal | undefined): Promise<IncomingMessage> {
  const sent = askDocker(endpoint, { path, ...(signal === undefined ? {} : { signal }) });
  try {
    sent.end();
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    return response;
  } catch (cause) {
    signal?.throwIfAborted();
    const code = systemErrorCode(cause) ?? 'no answer';
    throw new TsbuildError(
      'ERR_TSBUILD_IMAGE_NOT_FOUND',
      `Docker's engine cannot be reached at ${endpoint.address}: ${code}`,
      {
        cause,
        hint: /CERT|SSL|TLS/.test(code)
          ? 'check the certificates in DOCKER_CERT_PATH'
          : 'start it, or say in DOCKER_HOST where it is',
      },
    );
  }
}

async function refused(response: IncomingMessage, name: string): Promise<TsbuildError> {
  let text = '';
  for await (const chunk of response) if (text.length < MAX_MESSAGE_BYTES) text += String(chunk);
  const said = /"message"\s*:\s*"((?:[^"\\]|\\.)*)"/.exec(text)?.[1] ?? `status ${response.statusCode}`;
  const message = `image docker-daemon://${name} is not to be had of Docker's engine: ${said}`;
  return new TsbuildError('ERR_TSBUILD_IMAGE_NOT_FOUND', message, { hint: 'docker images lists what it has' });
}

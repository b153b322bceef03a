import { once } from 'node:events';
import { type IncomingMessage, type RequestOptions, request } from 'node:http';
import { type ByteStream, systemErrorCode, TsbuildError, UsageError } from '@tsbuild/core';

const DEFAULT_HOST = 'unix:///var/run/docker.sock';
const MAX_MESSAGE_BYTES = 64 * 1024;

/**
 * The archive of an image that Docker's engine has, as `docker save` would write it, while it streams. Nothing is asked
 * of the engine but this.
 * @see https://docs.docker.com/reference/api/engine/version/v1.43/#tag/Image/operation/ImageGetAll
 * @throws {TsbuildError} ERR_TSBUILD_IMAGE_NOT_FOUND @throws {UsageError} for an engine that is reached in another way
 */
export async function exportFromDaemon(
  name: string,
  host: string | undefined,
  signal: AbortSignal | undefined,
): Promise<ByteStream> {
  const address = host === undefined || host === '' ? DEFAULT_HOST : host;
  const path = `/images/get?names=${encodeURIComponent(name)}`;
  const response = await ask({ ...connectionTo(address), path, ...(signal === undefined ? {} : { signal }) }, address);
  if (response.statusCode === 200) return response;
  throw await refused(response, name);
}

function connectionTo(address: string): RequestOptions {
  if (address.startsWith('unix://')) return { socketPath: address.slice('unix://'.length), host: 'docker' };
  const isPlain = /^(?:tcp|http):\/\//.test(address) && (process.env.DOCKER_TLS_VERIFY ?? '') === '';
  const url = isPlain && URL.canParse(address) ? new URL(address.replace(/^tcp:/, 'http:')) : undefined;
  if (url !== undefined) return { host: url.hostname, port: url.port === '' ? 2375 : Number(url.port) };
  throw new UsageError(`Docker's engine at ${JSON.stringify(address)} cannot be asked`, {
    hint: 'expected unix:///path/of/the/socket or tcp://host:port without TLS in DOCKER_HOST',
  });
}

async function ask(options: RequestOptions, address: string): Promise<IncomingMessage> {
  const sent = request(options);
  try {
    sent.end();
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    return response;
  } catch (cause) {
    options.signal?.throwIfAborted();
    const code = systemErrorCode(cause) ?? 'no answer';
    throw new TsbuildError('ERR_TSBUILD_IMAGE_NOT_FOUND', `Docker's engine cannot be reached at ${address}: ${code}`, {
      cause,
      hint: 'start it, or say in DOCKER_HOST where it is',
    });
  }
}

async function refused(response: IncomingMessage, name: string): Promise<TsbuildError> {
  let text = '';
  for await (const chunk of response) if (text.length < MAX_MESSAGE_BYTES) text += String(chunk);
  const said = /"message"\s*:\s*"((?:[^"\\]|\\.)*)"/.exec(text)?.[1] ?? `status ${response.statusCode}`;
  const message = `image docker-daemon://${name} is not to be had of Docker's engine: ${said}`;
  return new TsbuildError('ERR_TSBUILD_IMAGE_NOT_FOUND', message, { hint: 'docker images lists what it has' });
}

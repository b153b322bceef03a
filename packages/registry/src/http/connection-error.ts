import { isTsbuildError, RegistryError, systemErrorCode } from '@tsbuild/core';
import { FORBIDDEN_ADDRESS } from './guarded-lookup.ts';
import type { HttpRequest } from './message.ts';
import { redactUrl } from './redact-url.ts';

interface Failure {
  readonly problem: string;
  readonly hint?: string;
  /** The same request may succeed a moment later. */
  readonly isTemporary?: boolean;
}

const CERTIFICATE: Failure = {
  problem: 'its certificate is not trusted',
  hint: 'give the certificate of its authority as `ca` of the host, or accept any with `insecure`',
};
const CUT: Failure = { problem: 'the connection was cut', isTemporary: true };

const HEAD: Failure = { problem: 'the head of its answer is too large' };
const NO_HTTP: Failure = { problem: 'its answer is not HTTP', isTemporary: true };

const FAILURES: ReadonlyMap<string, Failure> = new Map([
  ['ECONNREFUSED', { problem: 'connection refused', hint: 'is the server running, and is the port right?' }],
  ['ENOTFOUND', { problem: 'the host name is unknown', hint: 'check the spelling of the host and the network' }],
  ['EAI_AGAIN', { problem: 'the host name could not be looked up', hint: 'check the network', isTemporary: true }],
  ['EHOSTUNREACH', { problem: 'no route to the host', hint: 'check the network and the proxy variables' }],
  ['ENETUNREACH', { problem: 'the network is unreachable', hint: 'check the network and the proxy variables' }],
  [
    'ETIMEDOUT',
    { problem: 'no connection in time', hint: 'check the network and the proxy variables', isTemporary: true },
  ],
  [
    'UND_ERR_CONNECT_TIMEOUT',
    { problem: 'no connection in time', hint: 'check the network and the proxy variables', isTemporary: true },
  ],
  ['UND_ERR_HEADERS_TIMEOUT', { problem: 'no answer in time', isTemporary: true }],
  ['UND_ERR_BODY_TIMEOUT', { problem: 'the transfer stalled', isTemporary: true }],
  ['UND_ERR_SOCKET', CUT],
  ['UND_ERR_RES_CONTENT_LENGTH_MISMATCH', CUT],
  ['ECONNRESET', CUT],
  ['EPIPE', CUT],
  ['UND_ERR_HEADERS_OVERFLOW', HEAD],
  ['HPE_HEADER_OVERFLOW', HEAD],
  [
    'ERR_SSL_WRONG_VERSION_NUMBER',
    { problem: 'it does not speak TLS', hint: 'if it speaks plain HTTP, set `plainHttp` for the host' },
  ],
  [
    'ERR_SSL_PACKET_LENGTH_TOO_LONG',
    { problem: 'it does not speak TLS', hint: 'if it speaks plain HTTP, set `plainHttp` for the host' },
  ],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', CERTIFICATE],
  ['SELF_SIGNED_CERT_IN_CHAIN', CERTIFICATE],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', CERTIFICATE],
  ['UNABLE_TO_GET_ISSUER_CERT', CERTIFICATE],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', CERTIFICATE],
  ['CERT_HAS_EXPIRED', { ...CERTIFICATE, problem: 'its certificate has expired' }],
  ['ERR_TLS_CERT_ALTNAME_INVALID', { ...CERTIFICATE, problem: 'its certificate is for another host' }],
  [FORBIDDEN_ADDRESS, { problem: 'a remote registry pointed to an address of this machine or its link' }],
]);

/** What a failed connection means for the user. A cancelled request fails with the reason of its signal. */
export function connectionError(error: unknown, { method, url, signal, party = 'registry' }: HttpRequest): unknown {
  if (signal?.aborted === true) return signal.reason;
  if (isTsbuildError(error)) return error;
  const { problem, hint, isTemporary } = failureOf(error);
  return new RegistryError('ERR_TSBUILD_REGISTRY_UNREACHABLE', `${party} ${url.host} cannot be reached: ${problem}`, {
    method,
    url: redactUrl(url),
    hint,
    isTemporary,
    cause: error,
  });
}

function failureOf(error: unknown): Failure {
  const code = systemErrorCode(error) ?? '';
  const known = FAILURES.get(code) ?? (code.startsWith('HPE_') ? NO_HTTP : undefined);
  return known ?? { problem: error instanceof Error ? error.message : String(error) };
}

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemErrorCode, UsageError } from '@tsbuild/core';

/** How an engine is trusted and what it is shown, as `node:tls` takes it. */
export interface DockerTls {
  readonly rejectUnauthorized: boolean;
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
}

/**
 * What Docker's client keeps in a folder: `ca.pem`, the authority that alone vouches for the engine; `cert.pem` and `key.pem`,
 * what the client shows, where the engine wants it.
 * @throws {UsageError} when the engine is to be verified and there is no authority
 */
export function readTlsFolder(folder: string, verify: boolean): DockerTls {
  const ca = readPem(folder, 'ca.pem');
  const cert = readPem(folder, 'cert.pem');
  const key = readPem(folder, 'key.pem');
  if (verify && ca === undefined)
    throw new UsageError(`the certificate of Docker's authority is not there: ${join(folder, 'ca.pem')}`, {
      hint: 'DOCKER_CERT_PATH names the folder with ca.pem, cert.pem and key.pem',
    });
  return {
    rejectUnauthorized: verify,
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined || key === undefined ? {} : { cert, key }),
  };
}

function readPem(folder: string, name: string): string | undefined {
  const path = join(folder, name);
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    const code = systemErrorCode(cause);
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw new UsageError(`${path} cannot be read: ${code ?? 'unknown'}`, { cause });
  }
}

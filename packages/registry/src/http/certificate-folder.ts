import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fromSystemError, systemErrorCode } from '@tsbuild/core';
import type { HostOptions } from '../options.ts';

const ROOTS = ['/etc/docker/certs.d', '/etc/containers/certs.d'];

/**
 * The certificates that an administrator put down for one host: `*.crt` are authorities, `*.cert` with `*.key` of the same
 * name the client's own. The first folder that has any counts.
 * @see https://docs.docker.com/engine/security/certificates/
 */
export async function readCertificateFolder(
  host: string,
  roots: readonly string[] = ROOTS,
): Promise<Pick<HostOptions, 'ca' | 'cert' | 'key'>> {
  for (const root of roots) {
    const folder = join(root, host);
    const names = await readdir(folder).catch(emptyIfMissing);
    if (names.length > 0) return readCertificates(folder, names.sort());
  }
  return {};
}

async function readCertificates(
  folder: string,
  names: readonly string[],
): Promise<Pick<HostOptions, 'ca' | 'cert' | 'key'>> {
  const read = (name: string): Promise<string> =>
    readFile(join(folder, name), 'utf8').catch((error: unknown) => {
      throw fromSystemError(error, 'reading certificates of registries');
    });
  const authorities = names.filter((name) => name.endsWith('.crt'));
  const own = names.find((name) => name.endsWith('.cert') && names.includes(name.replace(/\.cert$/, '.key')));
  return {
    ...(authorities.length === 0 ? {} : { ca: await Promise.all(authorities.map(read)) }),
    ...(own === undefined ? {} : { cert: await read(own), key: await read(own.replace(/\.cert$/, '.key')) }),
  };
}

function emptyIfMissing(error: unknown): string[] {
  const code = systemErrorCode(error);
  if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'EACCES') return [];
  throw error;
}

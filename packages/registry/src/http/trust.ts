import { readFile } from 'node:fs/promises';
import { createSecureContext, rootCertificates, type SecureContext } from 'node:tls';
import { systemErrorCode } from '@tsbuild/core';
import type { HostOptions } from '../options.ts';

/** Where Linux distributions keep the authorities that their administrator trusts. */
const SYSTEM_BUNDLES = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
  '/etc/ssl/cert.pem',
];

const UNTRUSTED: ReadonlySet<string> = new Set([
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);

/** True for the failure that more authorities might have prevented. */
export function isUntrusted(error: unknown): boolean {
  return UNTRUSTED.has(systemErrorCode(error) ?? '');
}

/**
 * What a host is trusted by, undefined for Node's own roots. Made once for all connections: reading the roots takes 40 ms.
 * `more` are PEM certificates besides the options'.
 */
export function trustOf({ ca = [], cert, key }: HostOptions, more?: string): SecureContext | undefined {
  const extra = [...(typeof ca === 'string' ? [ca] : ca), ...(more === undefined ? [] : [more])];
  const identity = cert === undefined || key === undefined ? undefined : { cert, key };
  if (extra.length === 0 && identity === undefined) return undefined;
  return createSecureContext({ ...(extra.length === 0 ? {} : { ca: [...rootCertificates, ...extra] }), ...identity });
}

/** The authorities of the system, as other programs know them: Node has its own list and looks at no other. */
export async function readSystemAuthorities(
  env: Readonly<Record<string, string | undefined>>,
): Promise<string | undefined> {
  for (const path of [env.SSL_CERT_FILE, ...SYSTEM_BUNDLES]) {
    const text =
      path === undefined || path === '' ? undefined : await readFile(path, 'utf8').catch(undefinedIfUnreadable);
    if (text !== undefined) return text;
  }
  return undefined;
}

function undefinedIfUnreadable(error: unknown): undefined {
  if (systemErrorCode(error) === undefined) throw error;
}

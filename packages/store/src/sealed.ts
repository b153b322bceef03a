import { createHash } from 'node:crypto';

/** 64 hex digits and a line feed. */
const SEAL_BYTES = 65;

/**
 * Records begin with a line holding the SHA-256 of their name and body, so that a damaged record, and a record under the name of
 * another, is known for what it is.
 */
export function seal(name: string, body: Uint8Array): Buffer {
  const sealed = Buffer.allocUnsafe(SEAL_BYTES + body.byteLength);
  sealed.write(`${sealOf(name, body)}\n`, 0, 'latin1');
  sealed.set(body, SEAL_BYTES);
  return sealed;
}

/** The body of a sealed record, or undefined when it is not what was written under `name`. */
export function unseal(name: string, sealed: Buffer): Buffer | undefined {
  if (sealed.byteLength < SEAL_BYTES) return undefined;
  const body = sealed.subarray(SEAL_BYTES);
  return sealed.toString('latin1', 0, SEAL_BYTES) === `${sealOf(name, body)}\n` ? body : undefined;
}

export function sealJson(name: string, value: unknown): Buffer {
  return seal(name, Buffer.from(JSON.stringify(value)));
}

/** The value of a record written by {@link sealJson}, or undefined. */
export function unsealJson(name: string, sealed: Buffer | undefined): unknown {
  const body = sealed === undefined ? undefined : unseal(name, sealed);
  return body === undefined ? undefined : parseOrUndefined(body.toString('utf8'));
}

function parseOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function sealOf(name: string, body: Uint8Array): string {
  return createHash('sha256').update(`${name}\0`).update(body).digest('hex');
}

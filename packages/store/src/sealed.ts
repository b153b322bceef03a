import { createHash, hash } from 'node:crypto';

/** 64 hex digits and a line feed. */
const SEAL_LENGTH = 65;

/**
 * A record's first line is the SHA-256 of all that follows, its second line is its name, and the rest is its body: a damaged
 * record, and a record in the place of another, is known for what it is. In two pieces, for the body may be large.
 */
export function seal(name: string, body: Uint8Array): [head: string, body: Uint8Array] {
  const digest = createHash('sha256').update(`${name}\n`).update(body).digest('hex');
  return [`${digest}\n${name}\n`, body];
}

/** The body of what was sealed under `name`, or undefined. */
export function unseal(name: string, sealed: Buffer | undefined): Buffer | undefined {
  if (sealed === undefined) return undefined;
  const bodyAt = SEAL_LENGTH + Buffer.byteLength(name) + 1;
  if (sealed.toString('utf8', SEAL_LENGTH, bodyAt) !== `${name}\n`) return undefined;
  const expected = `${hash('sha256', sealed.subarray(SEAL_LENGTH))}\n`;
  return sealed.toString('latin1', 0, SEAL_LENGTH) === expected ? sealed.subarray(bodyAt) : undefined;
}

/** As {@link seal}, for a value that JSON can express. */
export function sealJson(name: string, value: unknown): string {
  const content = `${name}\n${JSON.stringify(value)}`;
  return `${hash('sha256', content)}\n${content}`;
}

/** The value of what {@link sealJson} wrote under `name`, or undefined. */
export function unsealJson(name: string, sealed: string | undefined): unknown {
  if (!sealed?.startsWith(`${name}\n`, SEAL_LENGTH)) return undefined;
  const isWhole = sealed.startsWith(`${hash('sha256', sealed.slice(SEAL_LENGTH))}\n`);
  return isWhole ? parseOrUndefined(sealed.slice(SEAL_LENGTH + name.length + 1)) : undefined;
}

function parseOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

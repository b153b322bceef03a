/** Shorter values are too common to be told from ordinary text. */
const MIN_BYTES = 3;
const MASK = Buffer.from('***');

/** Replaces secrets in a stream of output, also where one is cut in two by the pieces in which it comes. */
export interface SecretMask {
  push(bytes: Uint8Array): Uint8Array;
  /** What was held back because it could have been the start of a secret. */
  flush(): Uint8Array;
}

/** Masks each secret as a whole, without the white space around it, and line by line. */
export function createSecretMask(secrets: readonly Buffer[]): SecretMask {
  const needles = needlesOf(secrets);
  let held: Buffer = Buffer.alloc(0);
  if (needles.length === 0) return { push: (bytes) => bytes, flush: () => held };
  return {
    push(bytes) {
      const text = Buffer.concat([held, bytes]);
      const { masked, rest } = maskAll(text, needles);
      const keep = longestStart(rest, needles);
      held = Buffer.from(rest.subarray(rest.length - keep));
      return Buffer.concat([...masked, rest.subarray(0, rest.length - keep)]);
    },
    flush() {
      const rest = held;
      held = Buffer.alloc(0);
      return rest;
    },
  };
}

/** Longest first, so that a secret within another does not leave parts of it. */
function needlesOf(secrets: readonly Buffer[]): Buffer[] {
  const texts = secrets.flatMap((secret) => {
    const text = secret.toString('latin1');
    return [text, text.trim(), ...text.split(/\r?\n/).map((line) => line.trim())];
  });
  const unique = [...new Set(texts)].filter((text) => text.length >= MIN_BYTES);
  return unique.map((text) => Buffer.from(text, 'latin1')).sort((a, b) => b.length - a.length);
}

/** `text` up to the end of the last secret in it, masked, and what follows. */
function maskAll(text: Buffer, needles: readonly Buffer[]): { readonly masked: Buffer[]; readonly rest: Buffer } {
  const masked: Buffer[] = [];
  let rest = text;
  for (let found = firstOf(rest, needles); found !== undefined; found = firstOf(rest, needles)) {
    masked.push(rest.subarray(0, found.at), MASK);
    rest = rest.subarray(found.at + found.length);
  }
  return { masked, rest };
}

function firstOf(
  text: Buffer,
  needles: readonly Buffer[],
): { readonly at: number; readonly length: number } | undefined {
  let first: { at: number; length: number } | undefined;
  for (const needle of needles) {
    const at = text.indexOf(needle);
    if (at !== -1 && (first === undefined || at < first.at)) first = { at, length: needle.length };
  }
  return first;
}

/** Bytes at the end of `text` that are the start of some secret. */
function longestStart(text: Buffer, needles: readonly Buffer[]): number {
  const longest = Math.min(text.length, (needles[0]?.length ?? 1) - 1);
  for (let length = longest; length > 0; length--) {
    const end = text.subarray(text.length - length);
    if (needles.some((needle) => needle.length > length && needle.subarray(0, length).equals(end))) return length;
  }
  return 0;
}

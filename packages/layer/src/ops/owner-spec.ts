import { SolveError } from '@tsbuild/core';

/** Half of a `user:group` text. */
export type OwnerPart = { readonly id: number } | { readonly name: string };

export interface OwnerSpec {
  readonly user: OwnerPart;
  /** Absent: the user's group. */
  readonly group?: OwnerPart;
}

const MAX_ID = 0x7fffffff;

/** Reads `user[:group]`, names or numbers. An empty half is 0, `root` is 0 without a look into `/etc/passwd`. */
export function parseOwnerSpec(text: string): OwnerSpec {
  const colon = text.indexOf(':');
  if (colon === -1) return { user: parsePart(text) };
  return { user: parsePart(text.slice(0, colon)), group: parsePart(text.slice(colon + 1)) };
}

function parsePart(text: string): OwnerPart {
  if (text === '' || text === 'root') return { id: 0 };
  if (!/^[-+]?[0-9]+$/.test(text)) return { name: text };
  const id = Number(text);
  if (id < 0 || id > MAX_ID) {
    throw new SolveError('ERR_TSBUILD_COPY', `invalid user or group ${JSON.stringify(text)}`, {
      hint: `expected a name or a number from 0 to ${MAX_ID}`,
    });
  }
  return { id };
}

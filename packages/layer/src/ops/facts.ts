import type { EntryType } from '@tsbuild/core';

/** What one lookup answered: null when there is nothing. */
export interface LookupFact {
  readonly type: EntryType;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly linkTarget?: string;
  /** Values in base64, by name. */
  readonly xattrs?: Readonly<Record<string, string>>;
}

/** Answers that resolving a destination depended on. Plain JSON. */
export interface DestinationFacts {
  /** By path, in code-unit order. */
  readonly lookups: Readonly<Record<string, LookupFact | null>>;
  /** Owner names that were looked up, by `kind:spec`, e.g. `chown:app`. */
  readonly owners: Readonly<Record<string, { readonly uid: number; readonly gid: number }>>;
}

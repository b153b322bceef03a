import type { EntryType, FileTree, TreeEntry } from '@tsbuild/core';
import type { Owner } from './owner.ts';

/** What one lookup answered. */
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
  /** By path, in code-unit order; null where there was nothing. */
  readonly lookups: Readonly<Record<string, LookupFact | null>>;
  /** Owner names that were looked up, by their text, e.g. `app:staff`. */
  readonly owners: Readonly<Record<string, Owner>>;
}

/** What stands behind a tree that records. */
interface Recording {
  readonly original: FileTree;
  noteOwner(text: string, owner: Owner): void;
}

const recordings = new WeakMap<object, Recording>();

/** The recording behind a tree made by {@link recordLookups}. */
export function recordingOf(tree: object): Recording | undefined {
  return recordings.get(tree);
}

/** A tree that notes what it is asked. */
export interface RecordedLookups {
  readonly tree: FileTree;
  /** What was asked and answered so far. */
  facts(): DestinationFacts;
}

/** A tree that behaves as the one given and notes what it is asked and answers, owner names included. */
export function recordLookups(original: FileTree): RecordedLookups {
  const lookups = new Map<string, LookupFact | null>();
  const owners = new Map<string, Owner>();
  const tree: FileTree = {
    lookup(path) {
      const entry = original.lookup(path);
      if (path !== '') lookups.set(path, toFact(entry));
      return entry;
    },
    list: (path) => original.list(path),
    readMany: (paths, options) => original.readMany(paths, options),
  };
  recordings.set(tree, { original, noteOwner: (text, owner) => owners.set(text, owner) });
  return { tree, facts: () => ({ lookups: sorted(lookups), owners: sorted(owners) }) };
}

/** The fact that a lookup gives: times, sizes and contents do not count. */
export function toFact(entry: TreeEntry | undefined): LookupFact | null {
  if (entry === undefined) return null;
  const { type, mode, uid, gid, linkTarget, xattrs } = entry;
  return {
    type,
    mode,
    uid,
    gid,
    ...(linkTarget === undefined ? {} : { linkTarget }),
    ...(xattrs === undefined ? {} : { xattrs: encodeXattrs(xattrs) }),
  };
}

function encodeXattrs(xattrs: Readonly<Record<string, Uint8Array>>): Record<string, string> {
  return sorted(Object.entries(xattrs).map(([name, value]) => [name, Buffer.from(value).toString('base64')]));
}

function sorted<T>(entries: Iterable<readonly [string, T]>): Record<string, T> {
  return Object.fromEntries([...entries].sort(([a], [b]) => (a < b ? -1 : 1)));
}

import type { FileChange, TreeEntry } from '@tsbuild/core';
import type { FileDigestMap, Selection, SelectionDigestOptions } from '@tsbuild/layer';

/** What a key knows of one file. Absent members do not count in the key. */
export interface FileFact {
  readonly type: TreeEntry['type'];
  /** Octal. */
  readonly mode?: string;
  /** `uid:gid` */
  readonly owner?: string;
  /** Digest of a file's content, target of a symlink, numbers of a device. */
  readonly content?: string;
  /** Extended attributes. */
  readonly attributes?: string;
}

/** Facts by path in the input. */
export type FileFacts = Readonly<Record<string, FileFact>>;

/** The same while they are made, one after the other: there may be very many. Of a path that comes again the last counts. */
export type FactStream = Iterable<readonly [path: string, fact: FileFact]>;

/** What the digest of a selection was made of, for explanations. */
export function fileFacts(selection: Selection, digests: FileDigestMap, options: SelectionDigestOptions): FileFacts {
  return Object.fromEntries(streamFacts(selection, digests, options));
}

/** As {@link fileFacts}, one file after the other. */
export function* streamFacts(
  { sources }: Selection,
  digests: FileDigestMap,
  options: SelectionDigestOptions,
): Generator<[string, FileFact]> {
  for (const { items } of sources) {
    for (const { entry, isPassage } of items) {
      const modeCounts = entry.type !== 'symlink' && (options.modesCount || isPassage);
      const counts = { modeCounts, ownersCount: options.ownersCount };
      yield [entry.path === '' ? '.' : entry.path, factOf(entry, digests, counts)];
    }
  }
}

function factOf(
  entry: TreeEntry,
  digests: FileDigestMap,
  { modeCounts, ownersCount }: { readonly modeCounts: boolean; readonly ownersCount: boolean },
): FileFact {
  const { type, mode, uid, gid, xattrs } = entry;
  const content = contentOf(entry, digests);
  return {
    type,
    ...(modeCounts ? { mode: octal(mode) } : {}),
    ...(ownersCount ? { owner: `${uid}:${gid}` } : {}),
    ...(content === undefined ? {} : { content }),
    ...(xattrs === undefined ? {} : attributesOf(xattrs)),
  };
}

const octals = new Map<number, string>();

/** Files have few modes: each is one text, however many files there are. */
function octal(mode: number): string {
  const known = octals.get(mode) ?? mode.toString(8).padStart(4, '0');
  octals.set(mode, known);
  return known;
}

function attributesOf(xattrs: NonNullable<TreeEntry['xattrs']>): Pick<FileFact, 'attributes'> {
  const lines = Object.entries(xattrs).map(([name, value]) => [name, Buffer.from(value).toString('base64')]);
  return lines.length === 0 ? {} : { attributes: JSON.stringify(lines) };
}

function contentOf(entry: TreeEntry, digests: FileDigestMap): string | undefined {
  if (entry.type === 'file') return digests.get(entry.hardlink ?? entry.path);
  return entry.linkTarget ?? (entry.device === undefined ? undefined : `${entry.device.major}:${entry.device.minor}`);
}

/** The differences, in code-unit order of the paths. A folder that came or went with what is in it is not named itself. */
export function fileChanges(before: FileFacts, now: FileFacts): FileChange[] {
  const paths = [...new Set([...Object.keys(before), ...Object.keys(now)])].sort();
  const changes = paths.flatMap((path) => changeOf(path, before[path], now[path]) ?? []);
  return changes.filter(({ path, what }, at) => {
    const isFolder = (before[path] ?? now[path])?.type === 'directory';
    const comesOrGoes = what === 'added' || what === 'removed';
    return !(isFolder && comesOrGoes && changes[at + 1]?.path.startsWith(`${path}/`));
  });
}

function changeOf(path: string, before: FileFact | undefined, now: FileFact | undefined): FileChange | undefined {
  if (before === undefined) return now === undefined ? undefined : { path, what: 'added', ...to(now.content) };
  if (now === undefined) return { path, what: 'removed', ...from(before.content) };
  if (before.type !== now.type) return { path, what: 'type', from: before.type, to: now.type };
  if (before.content !== now.content)
    return { path, what: now.type === 'symlink' ? 'link' : 'content', ...from(before.content), ...to(now.content) };
  if (before.mode !== now.mode) return { path, what: 'mode', ...from(before.mode), ...to(now.mode) };
  if (before.owner !== now.owner) return { path, what: 'owner', ...from(before.owner), ...to(now.owner) };
  return before.attributes === now.attributes ? undefined : { path, what: 'attributes' };
}

function from(value: string | undefined): { readonly from?: string } {
  return value === undefined ? {} : { from: value };
}

function to(value: string | undefined): { readonly to?: string } {
  return value === undefined ? {} : { to: value };
}

/** Of what is in no key. */
export function noFiles(): FileFacts {
  return {};
}

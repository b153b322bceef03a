import type { BigIntStats } from 'node:fs';
import { joinPath, type LayerWriter, parentPath } from '@tsbuild/core';
import type { OwnerPolicy } from '../archive-job.ts';
import { factsOf, type KnownFiles } from '../known-files.ts';
import { digestFile } from './digest-file.ts';
import { EntryWriter, sortedNames } from './entry-writer.ts';
import { lstatOrUndefined } from './lower-view.ts';

type Found = ReadonlyMap<string, BigIntStats>;

/**
 * Writes what the root of this process, which is chrooted into a folder, has and is not known. Nothing is changed. Names of
 * one file are written together or not at all, so that they stay names of one file.
 */
export class FolderPacker {
  readonly #known: KnownFiles;
  readonly #writer: LayerWriter;
  readonly #entries: EntryWriter;

  constructor(known: KnownFiles, owners: OwnerPolicy, writer: LayerWriter) {
    this.#known = known;
    this.#writer = writer;
    this.#entries = new EntryWriter(writer, owners);
  }

  /** How many entries were written, and the bytes of all files. */
  async pack(): Promise<{ readonly count: number; readonly size: number }> {
    const found: Found = new Map(walk(''));
    const gone = [...this.#known.keys()].filter((path) => !found.has(path) && isTopmost(path, found));
    const changed = this.#changed(found);
    for (const path of gone) await this.#writer.add({ path, type: 'whiteout' });
    for (const [path, stats] of changed) {
      if (stats.isDirectory()) await this.#entries.folder(path, `/${path}`, stats, false);
      else await this.#entries.other(path, `/${path}`, stats);
    }
    return { count: gone.length + changed.length, size: sizeOf(found) };
  }

  #changed(found: Found): [string, BigIntStats][] {
    const names = namesOf(found);
    const firsts = this.#firsts(names);
    const same = new Map<bigint, boolean>();
    const isSame = (path: string, stats: BigIntStats): boolean => {
      if (!stats.isFile()) return this.#isKnown(path, stats);
      const known = same.get(stats.ino) ?? this.#isSameFile(names.get(stats.ino) ?? [], stats, firsts);
      same.set(stats.ino, known);
      return known;
    };
    return [...found].filter(([path, stats]) => !isSame(path, stats));
  }

  /** How many of the files that are there have names of a known one. */
  #firsts(names: ReadonlyMap<bigint, readonly string[]>): ReadonlyMap<string, number> {
    const counts = new Map<string, number>();
    for (const paths of names.values()) {
      const firsts = new Set(paths.flatMap((path) => this.#known.get(path)?.first ?? []));
      for (const first of firsts) counts.set(first, (counts.get(first) ?? 0) + 1);
    }
    return counts;
  }

  #isSameFile(paths: readonly string[], stats: BigIntStats, firsts: ReadonlyMap<string, number>): boolean {
    const [path = ''] = paths;
    const known = this.#known.get(path);
    if (known === undefined || firsts.get(known.first) !== 1) return false;
    if (paths.some((name) => this.#known.get(name)?.first !== known.first || !this.#isKnown(name, stats))) return false;
    return known.digest === digestFile(`/${path}`);
  }

  #isKnown(path: string, stats: BigIntStats): boolean {
    return this.#known.get(path)?.facts === factsOf(this.#entries.describe(path, `/${path}`, stats));
  }
}

/** Parents before what is in them. */
function* walk(directory: string): Generator<[string, BigIntStats]> {
  for (const name of sortedNames(`/${directory}`)) {
    const path = joinPath(directory, name);
    const stats = lstatOrUndefined(`/${path}`);
    if (stats === undefined || !isPacked(name, stats)) continue;
    yield [path, stats];
    if (stats.isDirectory()) yield* walk(path);
  }
}

function isPacked(name: string, stats: BigIntStats): boolean {
  const isDead = stats.isSocket() || stats.isCharacterDevice() || stats.isBlockDevice();
  return !isDead && !name.startsWith('.wh.');
}

/** What goes with its folder need not be said. */
function isTopmost(path: string, found: Found): boolean {
  const parent = parentPath(path);
  return parent === '' || found.get(parent)?.isDirectory() === true;
}

function namesOf(found: Found): ReadonlyMap<bigint, readonly string[]> {
  const names = new Map<bigint, string[]>();
  for (const [path, stats] of found) {
    if (!stats.isFile()) continue;
    const known = names.get(stats.ino);
    if (known === undefined) names.set(stats.ino, [path]);
    else known.push(path);
  }
  return names;
}

function sizeOf(found: Found): number {
  const files = new Map([...found.values()].filter((stats) => stats.isFile()).map(({ ino, size }) => [ino, size]));
  return [...files.values()].reduce((total, size) => total + Number(size), 0);
}

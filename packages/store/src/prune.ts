import { readdirSync, rmdirSync, statfsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fromSystemError } from '@tsbuild/core';
import { collect, type RemoveTree, removeTree } from './collector.ts';
import { CLOCK_LAG_MS, protectedSince, removeDeadLeases } from './lease-folders.ts';
import type { StoreFolder } from './store-folder.ts';
import { type StoreEntry, type SurveyedEntry, type Surveyor, sum, survey } from './survey.ts';
import { lookAt, unless } from './system-errors.ts';

/** What may be removed. Nothing that is in use ever is, nor is a named image. */
export interface PrunePolicy {
  /** Everything that may be, also what this process used within the last minute and does not hold. */
  readonly all?: boolean;
  /** Least recently used entries, until what is left has at most so many bytes. @default see `defaultStoreLimit` */
  readonly maxSize?: number | undefined;
  /** Once the store is over `maxSize`, bytes that may be left. @default maxSize */
  readonly reduceTo?: number | undefined;
  /** Only what has not been used for so long. Alone, all of it. */
  readonly keepDurationMs?: number | undefined;
  /** Only what it says true to. */
  readonly filter?: ((entry: StoreEntry) => boolean) | undefined;
}

/** What may go. */
export interface PruneOptions {
  readonly signal?: AbortSignal | undefined;
  /** Removes folders with files that do not belong to this user. @default as far as this user may */
  readonly removeTree?: RemoveTree | undefined;
}

/** What went. */
export interface PruneResult {
  readonly removed: readonly StoreEntry[];
  /** Bytes of `removed`. */
  readonly freed: number;
  /** Bytes of all entries that are left. */
  readonly remaining: number;
  /** Entries that could not be removed, and why. */
  readonly failed: readonly { readonly entry: StoreEntry; readonly error: unknown }[];
}

/** Much longer than a waiting process takes to see that a lock is dead. */
const DEAD_LOCK_MS = 60_000;

const GIGABYTE = 1_000_000_000;

/** The smaller of a tenth of the disk and 20 GB. */
export function defaultStoreLimit(root: string): number {
  const { blocks, bsize } = statfsSync(root);
  return Math.min(Math.floor((blocks * bsize) / 10), 20 * GIGABYTE);
}

/** Removes what the policy says, what can be made again first, then the least recently used. */
export async function prune(store: Surveyor, policy: PrunePolicy, options: PruneOptions): Promise<PruneResult> {
  const remove = options.removeTree ?? removeTree;
  if (policy.all === true) await giveUpOwn(store.folder, options.signal);
  const since = protectedSince(store.folder.path('tmp'));
  await removeLeftovers(store.folder, remove);
  const entries = await survey(store, options.signal);
  const total = sum(entries.map(({ size }) => size));
  const limit = sizeLimit(store.folder.root, policy);
  const target = total > limit ? (policy.reduceTo ?? limit) : limit;
  const removed: StoreEntry[] = [];
  const failed: { entry: StoreEntry; error: unknown }[] = [];
  let remaining = total;
  for (const { paths, ...entry } of candidates(entries, policy)) {
    options.signal?.throwIfAborted();
    if (remaining <= target) break;
    try {
      if (!(await collectAll(store.folder, paths, since, remove))) continue;
      removed.push(entry);
      remaining -= entry.size;
    } catch (error) {
      failed.push({ entry, error: fromSystemError(error, 'removing from the store') });
    }
  }
  return { removed, freed: total - remaining, remaining, failed };
}

/** What is not held of what this process used, to the last moment: the collector grants everybody the kernel clock's lag. */
export async function giveUpOwn({ lease }: StoreFolder, signal?: AbortSignal): Promise<void> {
  lease.endUnheld();
  await sleep(CLOCK_LAG_MS, undefined, { signal });
}

/** Sizes up to which nothing is removed; -1 when even an empty entry is. */
function sizeLimit(root: string, { all, maxSize, keepDurationMs }: PrunePolicy): number {
  if (all === true) return -1;
  if (maxSize !== undefined) return maxSize;
  return keepDurationMs === undefined ? defaultStoreLimit(root) : -1;
}

function candidates(entries: readonly SurveyedEntry[], { keepDurationMs = 0, filter }: PrunePolicy): SurveyedEntry[] {
  const before = Date.now() - keepDurationMs;
  return entries
    .filter((entry) => !entry.isInUse && entry.lastUsed <= before && filter?.(entry) !== false)
    .sort((a, b) => Number(b.isDerived) - Number(a.isDerived) || a.lastUsed - b.lastUsed);
}

/** An entry of several files is gone when all are. */
async function collectAll(
  folder: StoreFolder,
  paths: readonly string[],
  since: number,
  remove: RemoveTree,
): Promise<boolean> {
  let isGone = true;
  for (const path of paths) isGone = (await collect(folder, path, since, remove)) && isGone;
  return isGone;
}

/** What dead processes left, also where it took other rights than theirs to remove it. */
async function removeLeftovers(folder: StoreFolder, remove: RemoveTree): Promise<void> {
  const temporary = folder.path('tmp');
  await removeDeadLeases(temporary);
  const names = unless(['ENOENT'], () => readdirSync(temporary)) ?? [];
  for (const name of names) {
    if (name.startsWith('stuck-')) await remove(join(temporary, name)).catch(() => undefined);
  }
  removeDeadLocks(folder);
}

/** A lock is a folder whose mtime its holder renews every second. */
function removeDeadLocks(folder: StoreFolder): void {
  for (const name of folder.names('locks')) {
    const path = folder.path('locks', name);
    const isDead = (lookAt(path)?.mtimeMs ?? 0) < Date.now() - DEAD_LOCK_MS;
    if (isDead) unless(['ENOENT', 'ENOTDIR', 'ENOTEMPTY'], () => rmdirSync(path));
  }
}

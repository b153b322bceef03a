import { UsageError } from '@tsbuild/core';
import type { PrunePolicy, StoreEntry } from '@tsbuild/engine';
import { readBytes, readDuration } from './amounts.ts';

export interface PruneRequest {
  readonly all: boolean;
  /** `--max-size`, `--max-used-space` */
  readonly maxSize: string | undefined;
  readonly keepDuration: string | undefined;
  /** `until=24h`, `kind=mount`, `id=…` */
  readonly filters: readonly string[];
}

/** What `tsbuild prune` is asked to remove. @throws {UsageError} */
export function readPrunePolicy({ all, maxSize, keepDuration, filters }: PruneRequest): PrunePolicy {
  const pairs = filters.map(readFilter);
  const until = pairs.findLast(({ name }) => name === 'until')?.value;
  const kept = keepDuration === undefined ? undefined : readDuration('keep-duration', keepDuration);
  const keepDurationMs = until === undefined ? kept : readDuration('filter until', until);
  const wanted = pairs.filter(({ name }) => name !== 'until');
  const removesAll = all || (wanted.length > 0 && maxSize === undefined && keepDurationMs === undefined);
  return {
    ...(removesAll ? { all: true } : {}),
    ...(maxSize === undefined ? {} : { maxSize: readBytes('max-size', maxSize) }),
    ...(keepDurationMs === undefined ? {} : { keepDurationMs }),
    ...(wanted.length === 0 ? {} : { filter: (entry: StoreEntry) => matches(entry, wanted) }),
  };
}

/** What `--filter` says of entries; `until` are those not used for so long. @throws {UsageError} */
export function entryFilter(filters: readonly string[]): (entry: StoreEntry) => boolean {
  const pairs = filters.map(readFilter);
  const until = pairs.findLast(({ name }) => name === 'until')?.value;
  const before = until === undefined ? Number.POSITIVE_INFINITY : Date.now() - readDuration('filter until', until);
  const wanted = pairs.filter(({ name }) => name !== 'until');
  return (entry) => entry.lastUsed <= before && matches(entry, wanted);
}

interface Filter {
  readonly name: string;
  readonly value: string;
}

const NAMES = ['until', 'kind', 'type', 'id'];

function readFilter(text: string): Filter {
  const equals = text.indexOf('=');
  const name = text.slice(0, Math.max(0, equals));
  if (NAMES.includes(name)) return { name, value: text.slice(equals + 1) };
  throw new UsageError(`--filter ${JSON.stringify(text)} is not supported`, {
    hint: 'expected until=DURATION, kind=KIND or id=ID',
  });
}

/** Values of one name are alternatives, names must all fit. */
function matches(entry: StoreEntry, filters: readonly Filter[]): boolean {
  const kinds = filters.filter(({ name }) => name === 'kind' || name === 'type');
  const ids = filters.filter(({ name }) => name === 'id');
  return (
    (kinds.length === 0 || kinds.some(({ value }) => value === entry.kind)) &&
    (ids.length === 0 ||
      ids.some(({ value }) => entry.id.replace(/^sha256:/, '').startsWith(value.replace(/^sha256:/, ''))))
  );
}

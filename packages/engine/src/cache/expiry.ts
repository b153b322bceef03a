import type { RunReason } from '@tsbuild/core';

/** When a recorded step ran. RFC 3339. */
export interface Dated {
  /** When it wrote what the record holds. */
  readonly created: string;
  /** When it ran for the last time and wrote the same again. */
  readonly confirmed?: string;
}

/** True when a step that may be `ttl` milliseconds old has to run again. Without `ttl` nothing expires. */
export function isExpired(record: Dated, ttl: number | undefined, now = Date.now()): boolean {
  return ttl !== undefined && !(Date.parse(lastRun(record)) > now - ttl);
}

/** Why a step whose newest record this is has to run, if it is its age. */
export function explainExpiry(record: Dated | undefined, ttl: number | undefined): RunReason | undefined {
  if (record === undefined || ttl === undefined || !isExpired(record, ttl)) return undefined;
  return { kind: 'ttl', ttl, recorded: lastRun(record) };
}

function lastRun({ created, confirmed = created }: Dated): string {
  return confirmed;
}

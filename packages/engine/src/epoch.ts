import type { BuildOptions } from './options.ts';

/** The latest time that the image may carry, seconds since 1970. */
export function epochOf({ sourceDateEpoch, buildArgs }: BuildOptions): number | undefined {
  const text = buildArgs?.SOURCE_DATE_EPOCH;
  return sourceDateEpoch ?? (text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined);
}

import { UsageError } from '@tsbuild/core';

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };
const PART = /(\d+(?:\.\d+)?)(ms|s|m|h)/g;

/** `1h30m`, `90s`, `500ms`: milliseconds, as Go's durations are written. @throws {UsageError} */
export function readDuration(flag: string, text: string): number {
  const parts = [...text.matchAll(PART)];
  if (parts.length > 0 && parts.map(([part]) => part).join('') === text) {
    return Math.round(parts.reduce((sum, [, number, unit = '']) => sum + Number(number) * (UNITS[unit] ?? 0), 0));
  }
  throw new UsageError(`malformed value of --${flag}: ${text}`, { hint: 'expected a duration, as 30s, 5m or 1h30m' });
}

import { UsageError } from '@tsbuild/core';

const SIZE = /^(\d+(?:\.\d+)?) ?([kmgt]?)(i?)b?$/;
const POWERS: Readonly<Record<string, number>> = { '': 0, k: 1, m: 2, g: 3, t: 4 };

/** `500MB`, `2g`, `1.5GiB`: units of 1000, with an i of 1024. @throws {UsageError} */
export function readBytes(flag: string, text: string): number {
  const [, number, unit = '', binary] = SIZE.exec(text.toLowerCase()) ?? [];
  if (number === undefined) throw malformed(flag, text, 'BYTES, as 500MB or 2GiB');
  return Math.floor(Number(number) * (binary === 'i' ? 1024 : 1000) ** (POWERS[unit] ?? 0));
}

const DURATION = /^(?:\d+(?:\.\d+)?(?:ms|[smhdw]))+$/;
const PART = /(\d+(?:\.\d+)?)(ms|[smhdw])/g;
const UNIT_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

/** Milliseconds of a duration as Go writes it, `1h30m`, and of days and weeks. @throws {UsageError} */
export function readDuration(flag: string, text: string): number {
  if (!DURATION.test(text)) throw malformed(flag, text, 'a duration, as 24h or 7d');
  const parts = Array.from(text.matchAll(PART), ([, number, unit = '']) => Number(number) * (UNIT_MS[unit] ?? 0));
  return parts.reduce((total, part) => total + part, 0);
}

function malformed(flag: string, text: string, expected: string): UsageError {
  return new UsageError(`malformed value of --${flag}: ${JSON.stringify(text)}`, { hint: `expected ${expected}` });
}

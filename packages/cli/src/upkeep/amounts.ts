import { isTsbuildError, UsageError } from '@tsbuild/core';
import { parseLifetime } from '@tsbuild/dockerfile';

const SIZE = /^(\d+(?:\.\d+)?) ?([kmgt]?)(i?)b?$/;
const POWERS: Readonly<Record<string, number>> = { '': 0, k: 1, m: 2, g: 3, t: 4 };

/** `500MB`, `2g`, `1.5GiB`: units of 1000, with an i of 1024. @throws {UsageError} */
export function readBytes(flag: string, text: string): number {
  const [, number, unit = '', binary] = SIZE.exec(text.toLowerCase()) ?? [];
  if (number === undefined) throw malformed(flag, text, 'BYTES, as 500MB or 2GiB');
  return Math.floor(Number(number) * (binary === 'i' ? 1024 : 1000) ** (POWERS[unit] ?? 0));
}

/** Milliseconds of a duration as Go writes it, `1h30m`, and of days and weeks. @throws {UsageError} */
export function readDuration(flag: string, text: string): number {
  try {
    return parseLifetime(text);
  } catch (error) {
    if (!isTsbuildError(error)) throw error;
    throw malformed(flag, text, 'a duration, as 24h or 7d');
  }
}

function malformed(flag: string, text: string, expected: string): UsageError {
  return new UsageError(`malformed value of --${flag}: ${JSON.stringify(text)}`, { hint: `expected ${expected}` });
}

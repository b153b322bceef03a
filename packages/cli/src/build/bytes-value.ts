import { UsageError } from '@tsbuild/core';

const UNITS: Readonly<Record<string, number>> = { '': 0, b: 0, k: 1, m: 2, g: 3, t: 4 };

/** `128m`: bytes, with docker's units of 1024. @throws {UsageError} */
export function readBytes(flag: string, text: string): number {
  const [, number, unit] = /^(\d+(?:\.\d+)?) ?([kmgt]?)i?b?$/.exec(text.toLowerCase()) ?? [];
  if (number !== undefined) return Math.floor(Number(number) * 1024 ** (UNITS[unit ?? ''] ?? 0));
  throw new UsageError(`malformed value of --${flag}: ${text}`, { hint: 'expected BYTES, as 64m or 1g' });
}

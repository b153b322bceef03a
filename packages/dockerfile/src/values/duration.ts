import { quote, syntaxError } from '../errors.ts';

const NANOSECONDS: ReadonlyMap<string, number> = new Map([
  ['ns', 1],
  ['us', 1e3],
  ['µs', 1e3],
  ['μs', 1e3],
  ['ms', 1e6],
  ['s', 1e9],
  ['m', 60e9],
  ['h', 3600e9],
]);

const PART = /(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h)/gy;
const MAX_TEXT = 200;
const MAX_NANOSECONDS = 2 ** 63;

/**
 * Reads a duration as Go writes it, such as `1m30s`, `500ms` or `0`.
 * @returns nanoseconds
 * @throws {DockerfileError} for anything else.
 */
export function parseDuration(text: string): number {
  const sign = text.startsWith('-') ? -1 : 1;
  const digits = /^[+-]/.test(text) ? text.slice(1) : text;
  if (digits === '0') return 0;
  let total = 0;
  let end = 0;
  for (const [part, amount = '', unit = ''] of digits.slice(0, MAX_TEXT).matchAll(PART)) {
    total += Number(amount) * (NANOSECONDS.get(unit) ?? 0);
    end += part.length;
  }
  if (end === 0 || end !== digits.length || total >= MAX_NANOSECONDS) {
    throw syntaxError(`invalid duration ${quote(text)}`, 'expected a number with a unit, such as 30s, 1m30s or 500ms');
  }
  return sign * Math.trunc(total);
}

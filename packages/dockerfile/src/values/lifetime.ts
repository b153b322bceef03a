import { quote, syntaxError } from '../errors.ts';

const LIFETIME = /^(?:\d{1,9}(?:\.\d{1,9})?(?:ms|[smhdw]))+$/;
const PART = /(\d+(?:\.\d+)?)(ms|[smhdw])/g;
const MAX_TEXT = 100;
const MILLISECONDS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

/**
 * Reads how long something is good for: a duration as Go writes it, `1h30m`, with days and weeks too, `7d`.
 * @returns milliseconds
 * @throws {DockerfileError} for anything else.
 */
export function parseLifetime(text: string): number {
  if (text.length > MAX_TEXT || !LIFETIME.test(text))
    throw syntaxError(`invalid duration ${quote(text)}`, 'expected a number with a unit, such as 90m, 12h or 7d');
  const parts = Array.from(text.matchAll(PART), ([, number, unit = '']) => Number(number) * (MILLISECONDS[unit] ?? 0));
  return parts.reduce((total, part) => total + part, 0);
}

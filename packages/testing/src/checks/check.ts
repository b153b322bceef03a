import { inspect, isDeepStrictEqual } from 'node:util';

/** What a check found. `message` says it for the case that `pass` is not what was wanted. */
export interface CheckResult {
  readonly pass: boolean;
  readonly message: () => string;
  readonly actual?: unknown;
  readonly expected?: unknown;
}

/** Compares one value, e.g. `the user of the image` with what is expected of it. */
export function checkEqual(what: string, actual: unknown, expected: unknown): CheckResult {
  const pass = isDeepStrictEqual(actual, expected);
  const message = () =>
    pass ? `${what} is ${shown(expected)}` : `${what} is ${shown(actual)}, expected ${shown(expected)}`;
  return { pass, message, actual, expected };
}

/** The first that failed; when none did, `whole` speaks for all. */
export function checkAll(whole: CheckResult, parts: readonly CheckResult[]): CheckResult {
  return parts.find(({ pass }) => !pass) ?? whole;
}

export function shown(value: unknown): string {
  return value === undefined ? 'not set' : inspect(value, { breakLength: Number.POSITIVE_INFINITY, depth: 4 });
}

/** Text is short in messages: what is compared may be a whole file. */
export function excerpt(text: string): string {
  return JSON.stringify(text.length > EXCERPT ? `${text.slice(0, EXCERPT)}…` : text);
}

const EXCERPT = 200;

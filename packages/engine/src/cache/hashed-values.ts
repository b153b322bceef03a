import { digestHex, digestOf } from '@tsbuild/core';

const HERE = 16;
const ELSEWHERE = 3;

/** Values of variables as ingredients keep them: never in the clear, and equal values of two variables are not seen to be so. */
export function hashedValues(variables: Readonly<Record<string, string>>): Record<string, string> {
  return mapValues(variables, (value, name) => digestHex(digestOf(JSON.stringify([name, value]))).slice(0, HERE));
}

/**
 * Hashed values as others may have them: twelve bits, which tell a changed value (of 4,096 changes, one is missed), but do
 * not tell the right guess of a value from thousands of wrong ones.
 */
export function shortValues(hashed: Readonly<Record<string, string>>): Record<string, string> {
  return mapValues(hashed, (hash) => hash.slice(0, ELSEWHERE));
}

/** Whether two hashed values, of which one may be short, are of the same value. */
export function isSameValue(a: string | undefined, b: string | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return a.startsWith(b) || b.startsWith(a);
}

function mapValues(
  record: Readonly<Record<string, string>>,
  change: (value: string, name: string) => string,
): Record<string, string> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value, name)]));
}

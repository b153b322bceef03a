import { parseEnv } from 'node:util';
import { type Fail, interpolate, type Variables } from './interpolate.ts';

/**
 * The variables of an env file. Values may refer to those before them and to `outer`, but not where they stand in single
 * quotes.
 * @see https://docs.docker.com/compose/how-tos/environment-variables/variable-interpolation/#env-file-syntax
 */
export function readEnvFile(text: string, outer: Variables, fail: Fail): Record<string, string> {
  const literal = new Set(Array.from(text.matchAll(/^\s*(?:export\s+)?([\w.-]+)\s*[=:]\s*'/gm), ([, name]) => name));
  const known: Record<string, string> = {};
  for (const [name, value = ''] of Object.entries(parseEnv(text))) {
    known[name] = literal.has(name) ? value : interpolate(value, { ...known, ...outer }, fail);
  }
  return known;
}

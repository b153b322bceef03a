import type { BuiltImage } from '@tsbuild/engine';
import { type CheckResult, checkEqual, shown } from './check.ts';

/** All that checks of the config read of an image. */
export type Configured = Pick<BuiltImage, 'config'>;

/** A variable of the environment that containers get; with `value` also what it is. */
export function checkEnv(image: Configured, name: string, value?: string | RegExp): CheckResult {
  const pairs = (image.config.config?.Env ?? []).map(splitPair);
  return checkValue(`environment variable ${name}`, pairs.find(([key]) => key === name)?.[1], value);
}

/** USER, exactly as written; `''` for an image that has none. */
export function checkUser(image: Configured, user: string): CheckResult {
  return checkEqual('the user of the image', image.config.config?.User ?? '', user);
}

/** A label; with `value` also what it says. */
export function checkLabel(image: Configured, name: string, value?: string | RegExp): CheckResult {
  return checkValue(`label ${name}`, image.config.config?.Labels?.[name], value);
}

/** A port of EXPOSE: `8080` is TCP, as in Dockerfiles; `'53/udp'` says which. */
export function checkExposed(image: Configured, port: number | string): CheckResult {
  const wanted = /\//.test(String(port)) ? String(port) : `${port}/tcp`;
  const ports = Object.keys(image.config.config?.ExposedPorts ?? {}).sort();
  const pass = ports.includes(wanted);
  const message = () => `the image exposes ${ports.join(', ') || 'no port'}${pass ? '' : `, expected ${wanted}`}`;
  return { pass, message, actual: ports, expected: wanted };
}

/** ENTRYPOINT, word by word; `[]` for none. */
export function checkEntrypoint(image: Configured, words: readonly string[]): CheckResult {
  return checkEqual('the entrypoint of the image', image.config.config?.Entrypoint ?? [], words);
}

/** CMD, word by word; `[]` for none. */
export function checkCmd(image: Configured, words: readonly string[]): CheckResult {
  return checkEqual('the command of the image', image.config.config?.Cmd ?? [], words);
}

/** WORKDIR; `''` for an image that has none. */
export function checkWorkdir(image: Configured, path: string): CheckResult {
  return checkEqual('the working directory of the image', image.config.config?.WorkingDir ?? '', path);
}

function splitPair(pair: string): readonly [string, string] {
  const at = pair.indexOf('=');
  return at === -1 ? [pair, ''] : [pair.slice(0, at), pair.slice(at + 1)];
}

function checkValue(what: string, actual: string | undefined, expected: string | RegExp | undefined): CheckResult {
  if (expected === undefined) return { pass: actual !== undefined, message: () => `${what} is ${shown(actual)}` };
  if (!(expected instanceof RegExp)) return checkEqual(what, actual, expected);
  const pass = actual !== undefined && new RegExp(expected.source, expected.flags.replace('g', '')).test(actual);
  const message = () => `${what} is ${shown(actual)}, ${pass ? 'which matches' : 'expected to match'} ${expected}`;
  return { pass, message, actual, expected };
}

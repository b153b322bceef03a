import { packageUrl } from '../package-url.ts';
import type { FoundPackage } from './found-package.ts';

type JsonObject = Readonly<Record<string, unknown>>;

/** The package of one `package.json`; none where it has no name or version, as private ones do. */
export function readPackageJson(text: string, path: string): FoundPackage[] {
  const manifest = parseObject(text);
  const name = textOf(manifest.name);
  const version = textOf(manifest.version);
  return name === undefined || version === undefined ? [] : [npmPackage(name, version, manifest, path)];
}

/** What a `package-lock.json` installs, development dependencies and links left out. */
export function readPackageLock(text: string, path: string): FoundPackage[] {
  const lock = parseObject(text);
  if (isObject(lock.packages)) return Object.entries(lock.packages).flatMap((entry) => lockedPackage(entry, path));
  return isObject(lock.dependencies) ? oldLock(lock.dependencies, path) : [];
}

function lockedPackage([place, entry]: [string, unknown], path: string): FoundPackage[] {
  const at = place.lastIndexOf('node_modules/');
  if (at === -1 || !isObject(entry) || entry.dev === true || entry.link === true) return [];
  const name = textOf(entry.name) ?? place.slice(at + 'node_modules/'.length);
  const version = textOf(entry.version);
  return version === undefined ? [] : [npmPackage(name, version, entry, path)];
}

/** Version 1 of the format has dependencies within dependencies. */
function oldLock(dependencies: JsonObject, path: string): FoundPackage[] {
  const found: FoundPackage[] = [];
  const pending: JsonObject[] = [dependencies];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    for (const [name, entry] of Object.entries(next)) {
      if (!isObject(entry) || entry.dev === true) continue;
      const version = textOf(entry.version);
      if (version !== undefined && /^\d/.test(version)) found.push(npmPackage(name, version, entry, path));
      if (isObject(entry.dependencies)) pending.push(entry.dependencies);
    }
  }
  return found;
}

function npmPackage(name: string, version: string, manifest: JsonObject, path: string): FoundPackage {
  const supplier = authorOf(manifest.author);
  return {
    kind: 'npm',
    name,
    version,
    purl: packageUrl({ type: 'npm', name, version }),
    licenses: licensesOf(manifest),
    foundIn: [path],
    ...(supplier === undefined ? {} : { supplier }),
  };
}

/** `license` is a text, of old an object or a list of them. */
function licensesOf({ license, licenses }: JsonObject): string[] {
  const all = [license, ...(Array.isArray(licenses) ? licenses : [])];
  const names = all.map((entry) => textOf(isObject(entry) ? entry.type : entry));
  return [...new Set(names.filter((name) => name !== undefined))].sort();
}

function authorOf(author: unknown): string | undefined {
  return textOf(isObject(author) ? author.name : author);
}

/** @throws {SyntaxError} @throws {TypeError} when it is no JSON object */
function parseObject(text: string): JsonObject {
  const value: unknown = JSON.parse(text.replace(/^\uFEFF/, ''));
  if (!isObject(value)) throw new TypeError('it is no JSON object');
  return value;
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Longer names and versions are nobody's. */
const MAX_TEXT = 1024;

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' && value.length <= MAX_TEXT ? value : undefined;
}

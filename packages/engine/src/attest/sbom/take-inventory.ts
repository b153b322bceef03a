import { type FileTree, resolvePath } from '@tsbuild/core';
import type { Distribution, FoundPackage, Inventory } from './found-package.ts';
import { type MetadataFile, type MetadataKind, metadataFiles } from './metadata-files.ts';
import { readOsRelease } from './os-release.ts';
import { readApk } from './read-apk.ts';
import { readCopyright, readDpkg } from './read-dpkg.ts';
import { readPackageJson, readPackageLock } from './read-npm.ts';
import { readPython } from './read-python.ts';
import { createTextReader, type TextReader } from './text-reader.ts';

/** More packages than this are nobody's image. */
const MAX_PACKAGES = 200_000;

const MIB = 1024 * 1024;
const SIZE_LIMITS: Readonly<Record<MetadataKind, number>> = {
  dpkg: 64 * MIB,
  apk: 64 * MIB,
  npm: MIB,
  'npm-lock': 64 * MIB,
  python: 4 * MIB,
};

/**
 * Finds what is installed in a root file system: packages of dpkg, apk, npm and Python, by the metadata that they leave.
 * Whatever the files contain, nothing here fails: what cannot be read is a note.
 */
export async function takeInventory(tree: FileTree, signal: AbortSignal | undefined): Promise<Inventory> {
  const notes: string[] = [];
  const reader = createTextReader(tree, notes, signal);
  const distribution = await findDistribution(tree, reader);
  const packages = new Map<string, FoundPackage>();
  let isFull = false;
  for await (const { text, file } of reader.read(files(tree))) {
    for (const found of parse(text, file, distribution, notes)) {
      isFull = packages.size >= MAX_PACKAGES;
      if (!isFull) packages.set(found.purl, merge(packages.get(found.purl), found));
    }
  }
  if (isFull) notes.push(`more than ${MAX_PACKAGES} packages: the rest is left out`);
  const licensed = await withCopyrights([...packages.values()], tree, reader);
  return { packages: licensed.sort((a, b) => (a.purl < b.purl ? -1 : 1)), distribution, notes };
}

function* files(tree: FileTree) {
  for (const file of metadataFiles(tree)) yield { path: file.path, limit: SIZE_LIMITS[file.kind], file };
}

async function findDistribution(tree: FileTree, reader: TextReader): Promise<Distribution | undefined> {
  for (const path of ['etc/os-release', 'usr/lib/os-release']) {
    const { path: resolved, entry } = resolvePath(tree, path);
    if (entry?.type !== 'file') continue;
    for await (const { text } of reader.read([{ path: resolved, limit: MIB, file: undefined }])) {
      return readOsRelease(text);
    }
  }
  return undefined;
}

function parse(
  text: string,
  { kind, path }: MetadataFile,
  distribution: Distribution | undefined,
  notes: string[],
): readonly FoundPackage[] {
  try {
    switch (kind) {
      case 'dpkg':
        return readDpkg(text, path, distribution);
      case 'apk':
        return readApk(text, path, distribution);
      case 'npm':
        return readPackageJson(text, path);
      case 'npm-lock':
        return readPackageLock(text, path);
      case 'python':
        return readPython(text, path);
      default:
        return kind satisfies never;
    }
  } catch (error) {
    notes.push(`${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
    return [];
  }
}

/** A package found in several places is one. */
function merge(known: FoundPackage | undefined, found: FoundPackage): FoundPackage {
  if (known === undefined) return found;
  const union = (a: readonly string[], b: readonly string[]) => [...new Set([...a, ...b])].sort();
  return { ...known, licenses: union(known.licenses, found.licenses), foundIn: union(known.foundIn, found.foundIn) };
}

/** Debian states licences apart from the package database. */
async function withCopyrights(
  packages: readonly FoundPackage[],
  tree: FileTree,
  reader: TextReader,
): Promise<FoundPackage[]> {
  const licenses = new Map<string, readonly string[]>();
  const wanted = packages.flatMap(({ kind, name }) => {
    const { path, entry } = resolvePath(tree, `usr/share/doc/${name}/copyright`);
    return kind === 'deb' && entry?.type === 'file' ? [{ path, limit: MIB, file: name }] : [];
  });
  for await (const { text, file } of reader.read(wanted)) licenses.set(file, readCopyright(text));
  return packages.map((found) =>
    found.kind === 'deb' ? { ...found, licenses: licenses.get(found.name) ?? [] } : found,
  );
}

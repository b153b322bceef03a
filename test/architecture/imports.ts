import { readdir, readFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';

const IMPORT = /^\s*(?:import|export)\b[^;'"]*?from\s+'([^']+)'|^\s*import\s+'([^']+)'|\bimport\(\s*'([^']+)'\s*\)/gm;

/** One import statement: where it stands and what it names. */
export interface ImportEdge {
  /** Path of the importing file. */
  readonly file: string;
  readonly specifier: string;
}

/** Every import, re-export, type import and dynamic import in the TypeScript files below `folder`. */
export async function listImports(folder: string): Promise<ImportEdge[]> {
  const names = await readdir(folder, { recursive: true });
  const files = names.filter((name) => name.endsWith('.ts')).map((name) => join(folder, name));
  const edges = await Promise.all(files.map(importsOf));
  return edges.flat();
}

async function importsOf(file: string): Promise<ImportEdge[]> {
  const text = await readFile(file, 'utf8');
  return findImports(text).map((specifier) => ({ file, specifier }));
}

/** The specifiers that a TypeScript text imports, in order. */
export function findImports(text: string): string[] {
  return [...text.matchAll(IMPORT)].map(([, from, bare, dynamic]) => from ?? bare ?? dynamic ?? '');
}

/** The name without scope of one of our packages, or undefined for any other import. */
export function ownPackage(specifier: string): string | undefined {
  return /^@tsbuild\/([^/]+)/.exec(specifier)?.[1];
}

/** True for a relative import that leads out of `folder`. */
export function leaves(folder: string, { file, specifier }: ImportEdge): boolean {
  return specifier.startsWith('.') && relative(folder, join(dirname(file), specifier)).startsWith('..');
}

import { type FileTree, joinPath, type PathVerdict, type TreeEntry } from '@tsbuild/core';
import type { PathPatterns } from './path-patterns.ts';
import { ItemList } from './selected-items.ts';
import type { SelectedItems } from './selection.ts';

/** What of a directory is taken. Paths are matched relative to it. */
export interface WalkFilter {
  /** Absent: everything. */
  readonly includes?: PathPatterns | undefined;
  /** Absent: nothing. */
  readonly excludes?: PathPatterns | undefined;
}

interface Visit {
  readonly path: string;
  readonly include?: PathVerdict | undefined;
  readonly exclude?: PathVerdict | undefined;
}

/** The selected contents of a directory, itself left out, in code-unit order of each directory's names. */
export function walkSelected(tree: FileTree, root: string, filter: WalkFilter): SelectedItems {
  const items = new ItemList(tree, root);
  const passages: TreeEntry[] = [];

  const take = (entry: TreeEntry): void => {
    for (const passage of passages.splice(0)) items.add(passage, true);
    items.add(entry, false);
  };

  const enter = (directory: Visit, source: string): void => {
    for (const name of tree.list(source)) {
      const entry = tree.lookup(joinPath(source, name));
      if (entry !== undefined) visit(matchVisit(filter, joinPath(directory.path, name), directory), entry);
    }
  };

  const visit = (found: Visit, entry: TreeEntry): void => {
    const isIncluded = isTaken(found);
    if (isIncluded) take(entry);
    if (entry.type !== 'directory' || !isWorthEntering(filter, found)) return;
    const before = passages.length;
    if (!isIncluded) passages.push(entry);
    enter(found, entry.path);
    passages.length = Math.min(passages.length, before);
  };

  enter({ path: '' }, root);
  return items;
}

function matchVisit({ includes, excludes }: WalkFilter, path: string, directory: Visit): Visit {
  return { path, include: includes?.match(path, directory.include), exclude: excludes?.match(path, directory.exclude) };
}

function isTaken({ include, exclude }: Visit): boolean {
  return include?.isMatch !== false && exclude?.isMatch !== true;
}

/** An excluded directory hides all below it, unless an exception may bring some back. */
function isWorthEntering({ includes, excludes }: WalkFilter, { path, include, exclude }: Visit): boolean {
  if (exclude?.isMatch === true && excludes?.hasExceptions === false) return false;
  return includes === undefined || include?.isMatch === true || includes.mayMatchBelow(path);
}

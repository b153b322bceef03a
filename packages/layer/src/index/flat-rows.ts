import { baseName } from '@tsbuild/core';
import type { Directory, Row } from './rows.ts';

/** A row with its place in the canonical order. */
export interface FlatRow {
  readonly row: Row;
  readonly name: string;
  /** Position of the directory that it is in. */
  readonly parent: number;
  /** Position of the first of its children, which follow one another, and their number. */
  firstChild: number;
  childCount: number;
}

/**
 * All rows in an order that depends on their names only: directory after directory, breadth first, names in code-unit
 * order, a whiteout before an entry of the same name.
 */
export function flattenRows(root: Directory): FlatRow[] {
  const flat: FlatRow[] = [{ row: root.row, name: '', parent: 0, firstChild: 0, childCount: 0 }];
  for (let position = 0; position < flat.length; position++) {
    const item = flat[position];
    if (item === undefined || item.row.type !== 'directory' || item.row.directory === undefined) continue;
    const children = sortedChildren(item.row.directory);
    item.firstChild = flat.length;
    item.childCount = children.length;
    for (const { name, row } of children) flat.push({ row, name, parent: position, firstChild: 0, childCount: 0 });
  }
  return flat;
}

function sortedChildren({ names, whiteouts }: Directory): { name: string; row: Row }[] {
  const children: { name: string; row: Row }[] = [];
  for (const row of whiteouts?.values() ?? []) children.push({ name: baseName(row.path), row });
  for (const [name, row] of names) children.push({ name, row });
  // The sort is stable, so whiteouts stay before entries.
  return children.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

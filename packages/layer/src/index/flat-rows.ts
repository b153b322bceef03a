import { baseName } from '@tsbuild/core';
import type { Directory, Row } from './rows.ts';

/** Rows in the canonical order, and where each is, by position. Lists of numbers: there may be very many rows. */
export interface FlatRows {
  readonly rows: readonly Row[];
  /** Position of the directory that the row is in. */
  readonly parents: readonly number[];
  /** Position of the first of its children, which follow one another, and their number. */
  readonly firstChildren: readonly number[];
  readonly childCounts: readonly number[];
}

/**
 * All rows in an order that depends on their names only: directory after directory, breadth first, names in code-unit
 * order, a whiteout before an entry of the same name.
 */
export function flattenRows(root: Directory): FlatRows {
  const rows: Row[] = [root.row];
  const parents = [0];
  const firstChildren: number[] = [];
  const childCounts: number[] = [];
  for (let position = 0; position < rows.length; position++) {
    const row = rows[position];
    const children = row?.type === 'directory' && row.directory !== undefined ? sortedChildren(row.directory) : [];
    firstChildren.push(children.length === 0 ? 0 : rows.length);
    childCounts.push(children.length);
    for (const child of children) {
      rows.push(child.row);
      parents.push(position);
    }
  }
  return { rows, parents, firstChildren, childCounts };
}

function sortedChildren({ names, whiteouts }: Directory): { name: string; row: Row }[] {
  const children: { name: string; row: Row }[] = [];
  for (const row of whiteouts?.values() ?? []) children.push({ name: baseName(row.path), row });
  for (const [name, row] of names) children.push({ name, row });
  // The sort is stable, so whiteouts stay before entries.
  return children.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

import type { Directory, Row } from './rows.ts';

/**
 * All rows in an order that depends on their names only: directory after directory, breadth first, names in code-unit
 * order, a whiteout before an entry of the same name. Tells rows and directories their place in it.
 */
export function flattenRows(root: Directory): Row[] {
  const rows: Row[] = [root.row];
  root.row.number = 0;
  for (let position = 0; position < rows.length; position++) {
    const row = rows[position];
    if (row?.type !== 'directory' || row.directory === undefined) continue;
    row.directory.firstChild = rows.length;
    for (const child of sortedChildren(row.directory)) child.number = rows.push(child) - 1;
  }
  return rows;
}

export function countChildren({ names, whiteouts }: Directory): number {
  return names.size + (whiteouts?.size ?? 0);
}

/** The sort is stable, so whiteouts stay before entries. */
function sortedChildren({ names, whiteouts }: Directory): Row[] {
  const children: Row[] = [...(whiteouts?.values() ?? []), ...names.values()];
  return children.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

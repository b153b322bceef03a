const SPACES = 3;

/** Rows as aligned columns, three spaces between them, as docker prints its lists. */
export function table(rows: readonly (readonly string[])[], minWidth = 0): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(minWidth, SPACES + Math.max(...rows.map((row) => row[column]?.length ?? 0))),
  );
  return rows
    .map(
      (row) =>
        `${row
          .map((cell, at) => cell.padEnd(widths[at] ?? 0))
          .join('')
          .trimEnd()}\n`,
    )
    .join('');
}

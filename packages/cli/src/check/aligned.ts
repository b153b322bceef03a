import { visible } from '../visible.ts';

/** Rows whose columns begin at the same places, `gap` spaces behind the widest cell; the last column is not padded. */
export function aligned(rows: readonly (readonly string[])[], gap: number): string {
  const shown = rows.map((row) => row.map(visible));
  const widths = (shown[0] ?? []).map((_, at) => Math.max(...shown.map((row) => row[at]?.length ?? 0)));
  const line = (row: readonly string[]) =>
    row.map((cell, at) => (at === row.length - 1 ? cell : cell.padEnd((widths[at] ?? 0) + gap))).join('');
  return shown.map((row) => `${line(row)}\n`).join('');
}

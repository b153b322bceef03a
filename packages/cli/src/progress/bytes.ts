const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'];

/** An amount of bytes with decimal units, as BuildKit prints it: `512B`, `29.72MB`. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  for (; value >= 1000 && unit < UNITS.length - 1; unit += 1) value /= 1000;
  return `${unit === 0 ? String(value) : value.toFixed(2)}${UNITS[unit] ?? ''}`;
}

/** How much of a transfer is done: `1.00MB / 29.72MB`, or what there is of it. */
export function formatTransfer(current: number, total: number | undefined): string {
  if (total !== undefined && total > 0) return `${formatBytes(current)} / ${formatBytes(total)}`;
  return current > 0 ? formatBytes(current) : '';
}

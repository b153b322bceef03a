import type { PhaseResult } from './measure.ts';
import { median } from './statistics.ts';

/**
 * One line per phase: the first contender's median, then that of every other with how many times as long it took.
 * Ratios above 1 mean that the first contender was faster.
 */
export function formatTable(results: readonly PhaseResult[], names: readonly string[]): string {
  const [first = '', ...others] = names;
  const header = ['phase', first, ...others.map((name) => `${name} (ratio)`)];
  const rows = results.map(({ phase, timings }) => {
    const own = medianOf(timings.get(first));
    return [phase, formatTime(own), ...others.map((name) => formatPeer(own, medianOf(timings.get(name))))];
  });
  return align([header, ...rows]);
}

function medianOf(values: readonly number[] | string | undefined): number | undefined {
  return values === undefined || typeof values === 'string' ? undefined : median(values);
}

function formatPeer(own: number | undefined, other: number | undefined): string {
  if (other === undefined || own === undefined) return formatTime(other);
  return `${formatTime(other)} (${(other / own).toFixed(2)})`;
}

function formatTime(milliseconds: number | undefined): string {
  if (milliseconds === undefined) return 'failed';
  return milliseconds < 10_000 ? `${milliseconds.toFixed(0)} ms` : `${(milliseconds / 1000).toFixed(1)} s`;
}

function align(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

import type { BuildWarning } from '@tsbuild/core';

/** The warnings of a build as a list, in the words of buildx; empty when there are none. */
export function formatWarnings(warnings: readonly BuildWarning[]): string {
  if (warnings.length === 0) return '';
  const head = warnings.length === 1 ? '1 warning found' : `${warnings.length} warnings found`;
  return `\n ${head}:\n${warnings.map((warning) => ` - ${formatWarning(warning)}\n`).join('')}`;
}

function formatWarning({ rule, message, range }: BuildWarning): string {
  return `${rule}: ${message}${range === undefined ? '' : ` (line ${range.start.line})`}`;
}

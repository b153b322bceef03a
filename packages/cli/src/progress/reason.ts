import type { RunReason } from '@tsbuild/core';

/** Why a step ran, in a few words, as in `ran: package.json changed`. */
export function describeReason(reason: RunReason): string {
  switch (reason.kind) {
    case 'never-built':
      return 'never built before';
    case 'no-cache':
      return 'the cache was not to be used';
    case 'evicted':
      return 'its recorded layer is gone from the store';
    case 'input-changed':
      return describeChange(reason.input, reason.changed, reason.more);
    case 'instruction-changed':
      return `the instruction changed, it was: ${oneLine(reason.from)}`;
    case 'variable-changed':
      return `variable ${reason.name} changed`;
    case 'base-changed':
      return `the base changed from ${reason.from} to ${reason.to}`;
    case 'destination-changed':
      return `${reason.path} changed below it`;
    case 'parent-changed':
      return `${oneLine(reason.step)} changed`;
    default:
      return reason satisfies never;
  }
}

function describeChange(input: string, changed: readonly string[], more: number): string {
  if (changed.length === 0) return `${input} changed`;
  const names = more > 0 ? [...changed, `${more} more`] : changed;
  const [last = '', ...before] = [...names].reverse();
  return `${before.length === 0 ? last : `${before.reverse().join(', ')} and ${last}`} changed`;
}

const MAX_LENGTH = 120;

function oneLine(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > MAX_LENGTH ? `${line.slice(0, MAX_LENGTH - 1)}…` : line;
}

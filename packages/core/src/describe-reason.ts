import type { FileChange, RunReason } from './events.ts';

/** Why a step ran, in a few words, as in `ran: package.json changed`. Names in it are as they were given. */
export function describeReason(reason: RunReason): string {
  const { comparedWith } = reason;
  return `${describeDifference(reason)}${comparedWith === undefined ? '' : ` (compared with ${comparedWith})`}`;
}

function describeDifference(reason: RunReason): string {
  switch (reason.kind) {
    case 'never-built':
      return 'never built before';
    case 'no-cache':
      return 'the cache was not to be used';
    case 'evicted':
      return 'its recorded layer is gone from the store';
    case 'ttl':
      return `its last run, at ${reason.recorded}, is older than ${shortDuration(reason.ttl)}`;
    case 'input-changed':
      return describeChange(reason);
    case 'instruction-changed':
      return `the instruction changed, it was: ${oneLine(reason.from)}`;
    case 'variable-changed':
      return `variable ${reason.name} changed`;
    case 'setting-changed':
      return `${reason.name} changed from ${quoted(reason.from)} to ${quoted(reason.to)}`;
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

type InputChange = Extract<RunReason, { readonly kind: 'input-changed' }>;

function describeChange({ input, changed, more, details = [] }: InputChange): string {
  if (changed.length === 0) return `${input} changed`;
  const [only] = details;
  if (only !== undefined && changed.length === 1 && more === 0) return describeFile(only);
  const names = more > 0 ? [...changed, `${more} more`] : changed;
  const [last = '', ...before] = [...names].reverse();
  return `${before.length === 0 ? last : `${before.reverse().join(', ')} and ${last}`} changed`;
}

function describeFile({ path, what, from = '', to = '' }: FileChange): string {
  switch (what) {
    case 'added':
      return `${path} is new`;
    case 'removed':
      return `${path} was removed`;
    case 'mode':
    case 'owner':
    case 'type':
      return `the ${what} of ${path} changed from ${from} to ${to}`;
    case 'link':
      return `${path} leads to ${to}, it led to ${from}`;
    case 'attributes':
      return `the attributes of ${path} changed`;
    case 'content':
      return `${path} changed`;
    default:
      return what satisfies never;
  }
}

function quoted(text: string): string {
  return text === '' ? 'none' : oneLine(text);
}

const UNITS = [
  [86_400_000, 'd'],
  [3_600_000, 'h'],
  [60_000, 'm'],
  [1_000, 's'],
] as const;

/** In the largest unit that leaves nothing over. */
function shortDuration(milliseconds: number): string {
  const [size, name] = UNITS.find(([unit]) => milliseconds >= unit && milliseconds % unit === 0) ?? [1, 'ms'];
  return `${milliseconds / size}${name}`;
}

const MAX_LENGTH = 120;

function oneLine(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > MAX_LENGTH ? `${line.slice(0, MAX_LENGTH - 1)}…` : line;
}

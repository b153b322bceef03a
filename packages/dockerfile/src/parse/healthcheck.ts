import { quote, syntaxError } from '../errors.ts';
import type { HealthcheckInstruction } from '../instructions.ts';
import { parseJsonForm } from '../read/json-form.ts';
import { isSpace, trimStart } from '../read/space.ts';
import { parseDuration } from '../values/duration.ts';
import { parseFlags } from './flags.ts';
import { atLeastOne, type InstructionLine } from './instruction-line.ts';

const FLAGS = {
  interval: 'string',
  timeout: 'string',
  'start-period': 'string',
  'start-interval': 'string',
  retries: 'string',
} as const;

const MILLISECOND = 1_000_000;
const MAX_RETRIES = 2 ** 31 - 1;

export function parseHealthcheck({ base, flags, rest }: InstructionLine): HealthcheckInstruction {
  const [type, command] = cutFirstWord(rest);
  if (type === '') throw atLeastOne('HEALTHCHECK');
  const upper = type.toUpperCase();
  const json = parseJsonForm(command);
  if (upper === 'NONE') {
    if (command !== '' && json?.length !== 0) throw syntaxError('HEALTHCHECK NONE takes no arguments');
    return { kind: 'HEALTHCHECK', test: ['NONE'], ...base };
  }
  const values = parseFlags(flags, FLAGS);
  if (upper !== 'CMD') throw syntaxError(`unknown type ${quote(type)} in HEALTHCHECK`, 'expected CMD or NONE');
  if (command === '' || json?.length === 0) throw syntaxError('missing command after HEALTHCHECK CMD');
  const test = json === undefined ? ['CMD-SHELL', command] : ['CMD', ...json];
  return {
    kind: 'HEALTHCHECK',
    test,
    ...interval('interval', '--interval', values.interval),
    ...interval('timeout', '--timeout', values.timeout),
    ...interval('startPeriod', '--start-period', values['start-period']),
    ...interval('startInterval', '--start-interval', values['start-interval']),
    ...retries(values.retries),
    ...base,
  };
}

function cutFirstWord(text: string): [string, string] {
  let end = 0;
  while (end < text.length && !isSpace(text.charAt(end))) end++;
  return [text.slice(0, end), trimStart(text.slice(end))];
}

function interval<K extends string>(key: K, flag: string, value: string | undefined): { readonly [P in K]?: number } {
  if (value === undefined || value === '') return {};
  const nanoseconds = parseDuration(value);
  if (nanoseconds !== 0 && nanoseconds < MILLISECOND) {
    throw syntaxError(`${flag}: interval ${quote(value)} cannot be less than 1ms`);
  }
  return { [key]: nanoseconds } as { readonly [P in K]?: number };
}

function retries(value: string | undefined): { readonly retries?: number } {
  if (value === undefined || value === '') return {};
  const count = /^[+-]?\d+$/.test(value) ? Number(value) : Number.NaN;
  if (!(Math.abs(count) <= MAX_RETRIES)) throw syntaxError(`--retries is not a number: ${quote(value)}`);
  if (count < 0) throw syntaxError(`--retries cannot be negative (${count})`);
  return { retries: count };
}

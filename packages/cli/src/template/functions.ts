import { goText, isTrue } from './go-text.ts';
import { templateError } from './template-error.ts';

type TemplateFunction = (args: readonly unknown[]) => unknown;

/** Docker's functions and those of Go's text/template that make sense for data. */
const FUNCTIONS: Readonly<Record<string, TemplateFunction>> = {
  json: ([value]) => JSON.stringify(value ?? null),
  join: ([list, separator]) => listOf('join', list).map(goText).join(textOf('join', separator)),
  split: ([text, separator]) => textOf('split', text).split(textOf('split', separator)),
  lower: ([text]) => textOf('lower', text).toLowerCase(),
  upper: ([text]) => textOf('upper', text).toUpperCase(),
  title: ([text]) => textOf('title', text).replace(/(?<![\p{L}\p{N}_'])\p{L}/gu, (letter) => letter.toUpperCase()),
  pad: ([text, before, after]) =>
    text === '' ? '' : `${' '.repeat(Number(before))}${textOf('pad', text)}${' '.repeat(Number(after))}`,
  truncate: ([text, length]) => textOf('truncate', text).slice(0, Number(length)),
  println: (args) => `${args.map(goText).join(' ')}\n`,
  print: (args) => args.map(goText).join(''),
  len: ([value]) => sizeOf(value),
  index: ([value, ...keys]) => keys.reduce(itemOf, value),
  eq: ([value, ...others]) => others.some((other) => other === value),
  ne: ([value, other]) => value !== other,
  and: (args) => args.find((value) => !isTrue(value)) ?? args.at(-1),
  or: (args) => args.find(isTrue) ?? args.at(-1),
  not: ([value]) => !isTrue(value),
};

export const FUNCTION_NAMES: readonly string[] = Object.keys(FUNCTIONS);

/** @throws {UsageError} for arguments that the function does not take */
export function callFunction(name: string, args: readonly unknown[]): unknown {
  const called = FUNCTIONS[name];
  if (called === undefined) throw new Error(`the parser knows the functions, not ${name}`);
  if (args.length === 0 && name !== 'println' && name !== 'print') throw templateError(`${name} needs an argument`);
  return called(args);
}

function listOf(name: string, value: unknown): readonly unknown[] {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value)) return value;
  throw templateError(`${name} needs a list, got ${goText(value)}`);
}

function textOf(name: string, value: unknown): string {
  if (typeof value === 'string') return value;
  throw templateError(`${name} needs a text, got ${goText(value)}`);
}

function sizeOf(value: unknown): number {
  if (typeof value === 'string') return Buffer.byteLength(value);
  if (typeof value === 'object' && value !== null) return Object.keys(value).length;
  if (value === undefined || value === null) return 0;
  throw templateError(`len needs a list, a map or a text, got ${goText(value)}`);
}

function itemOf(value: unknown, key: unknown): unknown {
  if (Array.isArray(value)) {
    const item: unknown = typeof key === 'number' ? value[key] : undefined;
    if (item === undefined) throw templateError(`index out of range: ${goText(key)}`);
    return item;
  }
  if (typeof value !== 'object' || value === null) throw templateError(`index of ${goText(value)}, which has no items`);
  return Object.hasOwn(value, String(key)) ? (value as Readonly<Record<string, unknown>>)[String(key)] : '';
}

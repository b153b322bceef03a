import { didYouMean } from '../did-you-mean.ts';
import { quote, syntaxError } from '../errors.ts';
import type { Word } from '../instructions.ts';
import type { RunMount } from '../run-mount.ts';
import { parseByteSize } from '../values/byte-size.ts';
import { parseCsvFields } from '../values/csv.ts';
import { parseGoBool } from '../values/go-bool.ts';
import { atPlace, type Environment, type ExpandOptions, expandWord } from './expand.ts';
import { finishMount } from './mount-fields.ts';

const KEYS = [
  'type',
  'from',
  'source',
  'src',
  'target',
  'dst',
  'destination',
  'readonly',
  'ro',
  'readwrite',
  'rw',
  'required',
  'size',
  'id',
  'sharing',
  'mode',
  'uid',
  'gid',
  'env',
] as const;

type Key = (typeof KEYS)[number];

const TYPES = ['bind', 'cache', 'tmpfs', 'secret', 'ssh'] as const;
const SHARING = ['shared', 'private', 'locked'] as const;

/** Options of one `--mount`, by their canonical names and before the rules of its type. */
export interface MountFields {
  type: (typeof TYPES)[number];
  from?: string;
  source?: string;
  target?: string;
  id?: string;
  env?: string;
  sharing?: (typeof SHARING)[number];
  readOnly?: boolean;
  required?: boolean;
  size?: number;
  mode?: number;
  uid?: number;
  gid?: number;
}

/**
 * What can be said before variables have values: the fields are CSV, and `from` holds no variable.
 * @throws {DockerfileError}
 */
export function checkRunMount(word: Word): void {
  for (const field of parseCsvFields(word)) {
    const [key, value] = cutField(field);
    const dollar = value?.indexOf('$') ?? -1;
    if (key === 'from' && value !== undefined && dollar !== -1 && dollar !== value.length - 1) {
      throw syntaxError("'from' doesn't support variable expansion", 'define a stage with FROM and name that');
    }
  }
}

/**
 * The mounts of a RUN. Values are expanded one by one after the fields are split, so a variable cannot add a field.
 * @throws {DockerfileError} for an unknown option, one that the type does not have, or a value that is not valid.
 */
export function expandRunMounts(words: readonly Word[], env: Environment, options: ExpandOptions = {}): RunMount[] {
  return atPlace(options, () => words.map((word) => parseRunMount(word, (value) => expandWord(value, env, options))));
}

function parseRunMount(word: Word, expand: (value: Word) => string): RunMount {
  const fields: MountFields = { type: 'bind' };
  for (const field of parseCsvFields(word)) {
    const [key, value] = cutField(field);
    if (value === undefined) setBareFlag(fields, key, field);
    else setField(fields, key, expand(value), field);
  }
  return finishMount(fields);
}

function cutField(field: string): [key: string, value: string | undefined] {
  const equals = field.indexOf('=');
  return equals === -1
    ? [field.toLowerCase(), undefined]
    : [field.slice(0, equals).toLowerCase(), field.slice(equals + 1)];
}

function setBareFlag(fields: MountFields, key: string, field: string): void {
  if (key === 'readonly' || key === 'ro') fields.readOnly = true;
  else if (key === 'readwrite' || key === 'rw') fields.readOnly = false;
  else if (key === 'required') fields.required = allowed(fields, key, ['secret', 'ssh'], true);
  else throw syntaxError(`invalid field ${quote(field)} of --mount: must be a key=value pair`, didYouMean(key, KEYS));
}

function setField(fields: MountFields, key: string, value: string, field: string): void {
  if (!isKey(key)) throw syntaxError(`unexpected key ${quote(key)} in ${quote(field)}`, didYouMean(key, KEYS));
  switch (key) {
    case 'type':
      fields.type = oneOf(TYPES, value, 'mount type');
      return;
    case 'from':
    case 'id':
    case 'env':
      fields[key] = value;
      return;
    case 'source':
    case 'src':
      fields.source = value;
      return;
    case 'target':
    case 'dst':
    case 'destination':
      fields.target = value;
      return;
    case 'readonly':
    case 'ro':
      fields.readOnly = toBoolean(key, value);
      return;
    case 'readwrite':
    case 'rw':
      fields.readOnly = !toBoolean(key, value);
      return;
    case 'required':
      fields.required = allowed(fields, key, ['secret', 'ssh'], toBoolean(key, value));
      return;
    case 'size':
      fields.size = allowed(fields, key, ['tmpfs'], toSize(value));
      return;
    case 'sharing':
      fields.sharing = oneOf(SHARING, value, 'sharing value');
      return;
    case 'mode':
      fields.mode = toNumber(key, value, /^[0-7]+$/, 8);
      return;
    case 'uid':
    case 'gid':
      fields[key] = toNumber(key, value, /^\d+$/, 10);
      return;
    default:
      key satisfies never;
  }
}

function isKey(key: string): key is Key {
  return (KEYS as readonly string[]).includes(key);
}

function allowed<T>({ type }: MountFields, key: string, types: readonly string[], value: T): T {
  if (types.includes(type)) return value;
  throw syntaxError(`unexpected key '${key}' for mount type '${type}'`, `only ${types.join(' and ')} mounts have it`);
}

function oneOf<T extends string>(options: readonly T[], value: string, what: string): T {
  const found = options.find((option) => option === value.toLowerCase());
  if (found !== undefined) return found;
  throw syntaxError(
    `unsupported ${what} ${quote(value)}`,
    didYouMean(value, options) ?? `expected ${options.join(', ')}`,
  );
}

function toBoolean(key: string, value: string): boolean {
  const result = parseGoBool(value);
  if (result === undefined) throw syntaxError(`invalid value for ${key}: ${quote(value)}`, 'expected true or false');
  return result;
}

function toSize(value: string): number {
  const bytes = parseByteSize(value);
  if (bytes === undefined) throw syntaxError(`invalid value for size: ${quote(value)}`, 'such as 64m or 1g');
  return bytes;
}

function toNumber(key: string, value: string, pattern: RegExp, radix: number): number {
  const number = pattern.test(value) ? Number.parseInt(value, radix) : Number.NaN;
  if (number < 2 ** 32) return number;
  throw syntaxError(`invalid value ${quote(value)} for ${key}`);
}

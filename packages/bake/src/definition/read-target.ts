import { ATTRIBUTES, type AttributeShape } from './attributes.ts';
import type { BakeTarget } from './bake-target.ts';
import type { ValueReader } from './values.ts';

/** Other names of attributes that buildx reads. */
const ALIASES: ReadonlyMap<string, string> = new Map([
  ['outputs', 'output'],
  ['secrets', 'secret'],
  ['no_cache', 'no-cache'],
]);

/** The attributes of one target as a file has them. @throws {BakeFileError} */
export function readTarget(
  attributes: Readonly<Record<string, unknown>>,
  place: string,
  values: ValueReader,
): BakeTarget {
  const target: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(attributes)) {
    if (value === null || value === undefined) continue;
    const name = ALIASES.get(key) ?? key;
    const shape = ATTRIBUTES.get(name);
    if (shape === undefined) throw unknownAttribute(key, place, values);
    target[name] = readValue(value, shape, `${place}.${key}`, values);
  }
  return target;
}

function readValue(value: unknown, { kind }: AttributeShape, place: string, values: ValueReader): unknown {
  switch (kind) {
    case 'text':
      return values.text(value, place);
    case 'flag':
      return values.flag(value, place);
    case 'list':
      return values.list(value, place);
    case 'map':
      return values.map(value, place);
    default:
      return kind satisfies never;
  }
}

function unknownAttribute(key: string, place: string, values: ValueReader) {
  return values.fail(
    place,
    `unknown attribute ${JSON.stringify(key)}`,
    `there are ${[...ATTRIBUTES.keys()].join(', ')}`,
  );
}

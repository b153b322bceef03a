import type { ValueReader } from '../definition/values.ts';
import { expandTemplate, type Lookup } from './template.ts';

/**
 * The variables of a bake file: those of the environment win over their defaults, which may refer to one another.
 * Variables that no file declares do not exist, wherever else they are set.
 */
export function readVariables(
  declared: Readonly<Record<string, unknown>>,
  env: Readonly<Record<string, string | undefined>>,
  values: ValueReader,
): Lookup {
  const known = new Map<string, string>();
  const pending = new Set<string>();
  const lookup: Lookup = (path) => {
    const [name = '', ...members] = path;
    const place = `variable.${name}`;
    if (!Object.hasOwn(declared, name) || members.length > 0)
      throw values.fail(path.join('.'), 'no such variable', `declare it: "variable": { "${name}": {} }`);
    const before = known.get(name);
    if (before !== undefined) return before;
    if (pending.has(name)) throw values.fail(place, 'refers to itself');
    pending.add(name);
    const value = env[name] ?? defaultOf(values.object(declared[name], place), place);
    pending.delete(name);
    known.set(name, value);
    return value;
  };
  function defaultOf({ default: text }: Readonly<Record<string, unknown>>, place: string): string {
    if (text === undefined || text === null) return '';
    if (Array.isArray(text) || typeof text === 'object')
      throw values.fail(`${place}.default`, 'lists and mappings are not supported as variables');
    return expandTemplate(values.text(text, place), lookup, (expression) => refused(expression, place, values));
  }
  return lookup;
}

/** The error for what a template says beyond `${name}`. */
export function refused(expression: string, place: string, values: ValueReader) {
  return values.fail(
    place,
    `unsupported expression ${JSON.stringify(expression)}`,
    'only ${name} is expanded; docker buildx bake --print writes a file without expressions',
  );
}

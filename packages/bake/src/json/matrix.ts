import type { ValueReader } from '../definition/values.ts';
import { expandTemplate, type Lookup } from './template.ts';
import { refused } from './variables.ts';

/** More combinations than anybody builds are a mistake, or meant to do harm. */
const MAX_COMBINATIONS = 1000;

type Attributes = Readonly<Record<string, unknown>>;

/** The targets that one entry of the file stands for: itself, or one a combination of its `matrix`. */
export function expandMatrix(
  name: string,
  { matrix, name: pattern, ...attributes }: Attributes,
  variables: Lookup,
  values: ValueReader,
): readonly (readonly [name: string, attributes: Attributes])[] {
  const place = `target.${name}`;
  const expand = (value: unknown, lookup: Lookup) => expandDeep(value, lookup, place, values);
  if (matrix === undefined || matrix === null) {
    if (pattern !== undefined) throw values.fail(place, 'name needs a matrix');
    return [[name, values.object(expand(attributes, variables), place)]];
  }
  if (pattern === undefined) throw values.fail(place, 'a matrix needs a name', 'such as "name": "app-${version}"');
  const combinations = combine(values.object(expand(matrix, variables), `${place}.matrix`), place, values);
  return combinations.map((combination) => {
    const lookup = withCombination(combination, variables, place, values);
    return [
      targetName(values.text(expand(pattern, lookup), `${place}.name`)),
      values.object(expand(attributes, lookup), place),
    ];
  });
}

/** Names may hold letters, digits, `-` and `_`; anything else, such as the dot of a version, becomes `-`. */
function targetName(text: string): string {
  return text.replaceAll(/[^\w-]/g, '-');
}

function combine(matrix: Attributes, place: string, values: ValueReader): readonly Attributes[] {
  let combinations: Attributes[] = [{}];
  for (const [key, choices] of Object.entries(matrix)) {
    if (!Array.isArray(choices)) throw values.fail(`${place}.matrix.${key}`, 'expected a list');
    if (combinations.length * choices.length > MAX_COMBINATIONS)
      throw values.fail(`${place}.matrix`, `more than ${MAX_COMBINATIONS} combinations`);
    combinations = combinations.flatMap((combination) =>
      choices.map((choice: unknown) => ({ ...combination, [key]: choice })),
    );
  }
  return combinations;
}

function withCombination(combination: Attributes, variables: Lookup, place: string, values: ValueReader): Lookup {
  return (path) => {
    const [name = '', ...members] = path;
    if (!Object.hasOwn(combination, name)) return variables(path);
    let value = combination[name];
    for (const member of members) {
      const object = values.object(value, `${place}.matrix.${name}`);
      if (!Object.hasOwn(object, member)) throw values.fail(place, `${path.join('.')} is not in the matrix`);
      value = object[member];
    }
    return values.text(value, `${place}.matrix.${path.join('.')}`);
  };
}

/** Every text in a value, keys too, with its references replaced. */
function expandDeep(value: unknown, lookup: Lookup, place: string, values: ValueReader): unknown {
  const expand = (text: string) => expandTemplate(text, lookup, (expression) => refused(expression, place, values));
  if (typeof value === 'string') return expand(value);
  if (Array.isArray(value)) return value.map((part, at) => expandDeep(part, lookup, `${place}[${at}]`, values));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, part]) => [expand(key), expandDeep(part, lookup, `${place}.${key}`, values)]),
  );
}

import type { RawDefinition, RawTarget } from '../definition/raw-definition.ts';
import { readTarget } from '../definition/read-target.ts';
import { ValueReader } from '../definition/values.ts';
import { BakeFileError } from '../errors.ts';
import { expandMatrix } from './matrix.ts';
import type { Lookup } from './template.ts';
import { readVariables } from './variables.ts';

export interface BakeJsonFile {
  /** As messages name it. */
  readonly name: string;
  readonly text: string;
}

/**
 * Reads bake files in JSON. Files see each other's variables; of a variable that two declare, the later default counts.
 * @see https://docs.docker.com/build/bake/reference/
 * @throws {BakeFileError}
 */
export function readBakeJson(
  files: readonly BakeJsonFile[],
  env: Readonly<Record<string, string | undefined>>,
): RawDefinition[] {
  const parsed = files.map(parse);
  const declared = Object.assign(
    {},
    ...parsed.map(({ document, values }) => values.object(document.variable, 'variable')),
  );
  return parsed.map(({ document, values }) => readDefinition(document, readVariables(declared, env, values), values));
}

interface ParsedFile {
  readonly document: Readonly<Record<string, unknown>>;
  readonly values: ValueReader;
}

const KEYS = ['group', 'target', 'variable'];

function parse({ name, text }: BakeJsonFile): ParsedFile {
  const values = new ValueReader(name);
  const document = values.object(parseJson(name, text), 'the file');
  const unknown = Object.keys(document).find((key) => !KEYS.includes(key));
  if (unknown === undefined) return { document, values };
  const hint =
    unknown === 'function'
      ? 'functions are not supported: docker buildx bake --print writes a file without them'
      : undefined;
  throw values.fail('the file', `unknown key ${JSON.stringify(unknown)}`, hint ?? `there are ${KEYS.join(', ')}`);
}

function parseJson(name: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new BakeFileError(name, `no valid JSON: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    });
  }
}

function readDefinition(document: ParsedFile['document'], variables: Lookup, values: ValueReader): RawDefinition {
  const groups = new Map<string, readonly string[]>();
  const targets = new Map<string, RawTarget>();
  for (const [name, group] of Object.entries(values.object(document.group, 'group'))) {
    const place = `group.${name}`;
    groups.set(name, values.list(values.object(group, place).targets ?? [], `${place}.targets`));
  }
  for (const [name, entry] of Object.entries(values.object(document.target, 'target'))) {
    const expanded = expandMatrix(name, values.object(entry, `target.${name}`), variables, values);
    for (const [own, { inherits = [], ...attributes }] of expanded) {
      const place = `target.${own}`;
      if (targets.has(own)) throw values.fail(place, 'there are two targets of this name');
      const target = readTarget(attributes, place, values);
      targets.set(own, { target, inherits: values.list(inherits, `${place}.inherits`) });
    }
    const names = expanded.map(([own]) => own);
    if (names.length !== 1 || names[0] !== name) groups.set(name, names);
  }
  return { groups, targets };
}

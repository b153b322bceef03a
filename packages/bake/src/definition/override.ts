import { compileGlob, UsageError } from '@tsbuild/core';
import { ATTRIBUTES } from './attributes.ts';
import type { BakeDefinition, BakeTarget } from './bake-target.ts';

/** Other names that buildx takes in `--set`. */
const ALIASES: ReadonlyMap<string, string> = new Map([
  ['platform', 'platforms'],
  ['secrets', 'secret'],
  ['outputs', 'output'],
]);

interface Override {
  readonly text: string;
  readonly matches: (target: string) => boolean;
  readonly attribute: string;
  readonly member: string | undefined;
  readonly value: string | undefined;
  readonly isAdded: boolean;
}

/**
 * `--set PATTERN.ATTRIBUTE[.MEMBER]=VALUE`, or `+=` to add to a list. Of one list, several are taken together. A
 * build argument without a value gets that of the environment.
 * @throws {UsageError}
 */
export function overrideTargets(
  { groups, targets }: BakeDefinition,
  settings: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): BakeDefinition {
  const overrides = settings.map(parseSetting);
  const unused = overrides.find(({ matches }) => ![...targets.keys()].some(matches));
  if (unused !== undefined) throw new UsageError(`--set ${unused.text}: no target matches`);
  const changed = [...targets].map(([name, target]): [string, BakeTarget] => {
    const replaced = new Set<string>();
    let result: Readonly<Record<string, unknown>> = { ...target };
    for (const override of overrides.filter(({ matches }) => matches(name)))
      result = apply(result, override, replaced, env);
    return [name, result];
  });
  return { groups, targets: new Map(changed) };
}

function parseSetting(text: string): Override {
  const [, pattern, key, member, operator, value] =
    /^([^.=]+)\.([^.=+]+)(?:\.([^=]+?))?(?:(\+?=)([\s\S]*))?$/.exec(text) ?? [];
  const hint = 'expected TARGET.ATTRIBUTE=VALUE, such as app.tags=app:1';
  if (pattern === undefined || key === undefined) throw new UsageError(`malformed --set ${text}`, { hint });
  const attribute = ALIASES.get(key) ?? key;
  const shape = ATTRIBUTES.get(attribute);
  if (shape === undefined) {
    throw new UsageError(`--set ${text}: unknown attribute ${JSON.stringify(key)}`, {
      hint: `there are ${[...ATTRIBUTES.keys()].join(', ')}`,
    });
  }
  if ((shape.kind === 'map') !== (member !== undefined))
    throw new UsageError(`malformed --set ${text}`, {
      hint: shape.kind === 'map' ? `expected TARGET.${key}.NAME=VALUE` : `${key} has no members`,
    });
  if (value === undefined && attribute !== 'args') throw new UsageError(`--set ${text} has no value`, { hint });
  if (operator === '+=' && shape.kind !== 'list') throw new UsageError(`--set ${text}: ${key} is no list`);
  return {
    text,
    matches: compileGlob(pattern, { doubleStar: false }),
    attribute,
    member,
    value,
    isAdded: operator === '+=',
  };
}

function apply(
  target: Readonly<Record<string, unknown>>,
  { text, attribute, member, value, isAdded }: Override,
  replaced: Set<string>,
  env: Readonly<Record<string, string | undefined>>,
): Readonly<Record<string, unknown>> {
  const before = target[attribute];
  switch (ATTRIBUTES.get(attribute)?.kind) {
    case 'map': {
      const known = value ?? env[member ?? ''];
      return known === undefined ? target : { ...target, [attribute]: { ...(before ?? {}), [member ?? '']: known } };
    }
    case 'list': {
      const kept = (isAdded || replaced.has(attribute)) && Array.isArray(before) ? before : [];
      replaced.add(attribute);
      return { ...target, [attribute]: value === '' ? kept : [...kept, value] };
    }
    case 'flag':
      if (value !== 'true' && value !== 'false') throw new UsageError(`--set ${text}: expected true or false`);
      return { ...target, [attribute]: value === 'true' };
    default:
      return { ...target, [attribute]: value };
  }
}

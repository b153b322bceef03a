import { UsageError } from '@tsbuild/core';
import { BakeFileError } from '../errors.ts';
import type { BakeDefinition } from './bake-target.ts';
import { findLinks, inOrder } from './links.ts';

const DEFAULT = 'default';

/** What is to be built. */
export interface Selection {
  /** Targets that were asked for, by name or as members of a group, in order. */
  readonly targets: readonly string[];
  /** Groups that were asked for, and what each comes down to. */
  readonly groups: ReadonlyMap<string, readonly string[]>;
  /** Every target that is built, each after those that it needs. */
  readonly order: readonly string[];
}

/** Finds targets and groups by name; without names it is the group or target `default`. @throws {UsageError} @throws {BakeFileError} */
export function select(definition: BakeDefinition, names: readonly string[]): Selection {
  const asked = names.length === 0 ? [DEFAULT] : names;
  const groups = new Map<string, readonly string[]>();
  const targets = asked.flatMap((name) => {
    const members = membersOf(name, definition, []);
    if (definition.groups.has(name)) groups.set(name, members);
    return members;
  });
  if (!groups.has(DEFAULT)) groups.set(DEFAULT, [...new Set(asked)]);
  const unique = [...new Set(targets)];
  const links = findLinks(new Map([...definition.targets].map(([name, { contexts = {} }]) => [name, contexts])));
  return { targets: unique, groups, order: inOrder(unique, links) };
}

function membersOf(name: string, definition: BakeDefinition, within: readonly string[]): readonly string[] {
  const members = definition.groups.get(name);
  if (within.includes(name)) throw new BakeFileError('', `group ${name} contains itself`);
  // A matrix of one name is a group and a target; the target is what is meant.
  if (members === undefined || members.includes(name)) {
    if (definition.targets.has(name)) return [name];
    throw unknownTarget(name, definition, within);
  }
  return [...new Set(members.flatMap((member) => membersOf(member, definition, [...within, name])))];
}

function unknownTarget(
  name: string,
  { groups, targets }: BakeDefinition,
  within: readonly string[],
): UsageError | BakeFileError {
  const known = [...new Set([...groups.keys(), ...targets.keys()])].sort().join(', ');
  const hint = known === '' ? 'the files define no target' : `there are ${known}`;
  const group = within.at(-1);
  if (group !== undefined)
    return new BakeFileError('', `group ${group} has ${JSON.stringify(name)}, which does not exist`, { hint });
  return new UsageError(
    name === DEFAULT
      ? 'no target was named, and there is no group or target "default"'
      : `no target ${JSON.stringify(name)}`,
    { hint },
  );
}

import { BakeFileError } from '../errors.ts';
import type { BakeDefinition, BakeTarget } from './bake-target.ts';
import { mergeTargets } from './merge-targets.ts';
import type { RawDefinition, RawTarget } from './raw-definition.ts';

/** Several files as one, each laid over those before it; then every target with what it inherits. @throws {BakeFileError} */
export function resolveDefinition(files: readonly RawDefinition[]): BakeDefinition {
  const groups = new Map<string, readonly string[]>();
  const raw = new Map<string, RawTarget>();
  for (const file of files) {
    for (const [name, members] of file.groups)
      groups.set(name, [...new Set([...(groups.get(name) ?? []), ...members])]);
    for (const [name, later] of file.targets) raw.set(name, layOver(raw.get(name), later));
  }
  return { groups, targets: new Map([...raw.keys()].map((name) => [name, inherit(name, raw, [])])) };
}

function layOver(before: RawTarget | undefined, later: RawTarget): RawTarget {
  if (before === undefined) return later;
  const inherits = later.inherits.length === 0 ? before.inherits : later.inherits;
  return { target: mergeTargets(before.target, later.target), inherits };
}

function inherit(name: string, raw: ReadonlyMap<string, RawTarget>, heirs: readonly string[]): BakeTarget {
  const own = raw.get(name);
  const heir = heirs.at(-1);
  if (own === undefined)
    throw new BakeFileError('', `target ${heir} inherits from ${JSON.stringify(name)}, which does not exist`);
  if (heirs.includes(name))
    throw new BakeFileError('', `target ${name} inherits from itself: ${[...heirs, name].join(' → ')}`);
  let target: BakeTarget = {};
  for (const parent of own.inherits) target = mergeTargets(target, inherit(parent, raw, [...heirs, name]));
  return mergeTargets(target, own.target);
}

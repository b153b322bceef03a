import { ATTRIBUTES } from './definition/attributes.ts';
import type { BakeDefinition, BakeTarget } from './definition/bake-target.ts';
import type { Selection } from './definition/select.ts';

/** What would be built, as `docker buildx bake --print` writes it: itself a bake file. */
export function printBake({ targets }: BakeDefinition, { groups, order }: Selection): string {
  const byName = <Value>(entries: Iterable<readonly [string, Value]>) =>
    Object.fromEntries([...entries].sort(([a], [b]) => (a < b ? -1 : 1)));
  const document = {
    group: byName([...groups].map(([name, members]) => [name, { targets: members }])),
    target: byName(order.map((name) => [name, printed(targets.get(name) ?? {})])),
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

/** Attributes that `build` has defaults for are printed with them. */
function printed(target: BakeTarget): Readonly<Record<string, unknown>> {
  const complete: Readonly<Record<string, unknown>> = { context: '.', dockerfile: 'Dockerfile', ...target };
  return Object.fromEntries(
    [...ATTRIBUTES.keys()].flatMap((name) => (isEmpty(complete[name]) ? [] : [[name, complete[name]]])),
  );
}

function isEmpty(value: unknown): boolean {
  return value === undefined || (typeof value === 'object' && value !== null && Object.keys(value).length === 0);
}

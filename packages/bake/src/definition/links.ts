import { BakeFileError } from '../errors.ts';

const LINK = 'target:';

/** Of each target: the named contexts that are images of other targets, and which. */
export type Links = ReadonlyMap<string, ReadonlyMap<string, string>>;

/** Finds the contexts written `target:NAME`. @throws {BakeFileError} when there is no such target */
export function findLinks(contexts: ReadonlyMap<string, Readonly<Record<string, unknown>>>): Links {
  return new Map([...contexts].map(([name, own]) => [name, linksOf(name, own, contexts)]));
}

function linksOf(
  name: string,
  contexts: Readonly<Record<string, unknown>>,
  known: ReadonlyMap<string, unknown>,
): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(contexts).flatMap(([context, place]): [string, string][] => {
      if (typeof place !== 'string' || !place.startsWith(LINK)) return [];
      const link = place.slice(LINK.length);
      if (known.has(link)) return [[context, link]];
      throw new BakeFileError('', `target ${name} needs ${JSON.stringify(link)}, which does not exist`);
    }),
  );
}

/** The targets and all that they need, each after what it needs. @throws {BakeFileError} when targets need each other */
export function inOrder(names: readonly string[], links: Links): readonly string[] {
  const order = new Set<string>();
  const visit = (name: string, within: readonly string[]): void => {
    if (order.has(name)) return;
    if (within.includes(name)) {
      throw new BakeFileError('', `targets need each other: ${[...within, name].join(' → ')}`, {
        hint: 'check their contexts',
      });
    }
    for (const link of links.get(name)?.values() ?? []) visit(link, [...within, name]);
    order.add(name);
  };
  for (const name of names) visit(name, []);
  return [...order];
}

import { isDeepStrictEqual } from 'node:util';
import type { FileTree } from '@tsbuild/core';
import { type DestinationFacts, toFact } from './facts.ts';
import { resolveOwner } from './owner.ts';

/** Asks a tree the questions of a record again: true when every answer is the same. Reads files only if owners were looked up. */
export async function factsHold(tree: FileTree, { lookups, owners }: DestinationFacts): Promise<boolean> {
  for (const [path, fact] of Object.entries(lookups)) {
    if (!isDeepStrictEqual(toFact(tree.lookup(path)), fact)) return false;
  }
  for (const [text, owner] of Object.entries(owners)) {
    if (!isDeepStrictEqual(await resolveOwner(text, tree), { uid: owner.uid, gid: owner.gid })) return false;
  }
  return true;
}

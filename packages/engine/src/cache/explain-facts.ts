import type { FileTree, RunReason } from '@tsbuild/core';
import { type DestinationFacts, factsHold } from '@tsbuild/layer';

/** The first question about a destination that it no longer answers as it did. */
export async function explainFacts(tree: FileTree, facts: DestinationFacts): Promise<RunReason | undefined> {
  for (const [path, fact] of Object.entries(facts.lookups)) {
    if (!(await factsHold(tree, { lookups: { [path]: fact }, owners: {} })))
      return { kind: 'destination-changed', path: `/${path}` };
  }
  for (const [text, owner] of Object.entries(facts.owners)) {
    if (!(await ownerHolds(tree, text, owner))) return { kind: 'destination-changed', path: databaseOf(text) };
  }
  return undefined;
}

/** A name that is not known any more is a change too. */
async function ownerHolds(tree: FileTree, text: string, owner: DestinationFacts['owners'][string]): Promise<boolean> {
  return factsHold(tree, { lookups: {}, owners: { [text]: owner } }).catch(() => false);
}

/** The file that gives a name its number: the group's when the user is a number already. */
function databaseOf(owner: string): string {
  return /^\d*:/.test(owner) ? '/etc/group' : '/etc/passwd';
}

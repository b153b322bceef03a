import { type FileTree, SolveError } from '@tsbuild/core';
import { recordingOf } from './facts.ts';
import { type OwnerPart, parseOwnerSpec } from './owner-spec.ts';
import { findGroup, findUser } from './user-database.ts';

/** Who owns what is copied, by number. */
export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

/**
 * Ids for `--chown`, or for the USER that a WORKDIR's directories belong to. Names are looked up in the tree's own
 * `/etc/passwd` and `/etc/group`: an unknown user is 0, an unknown group the user's. A bare uid is its gid, too. On a
 * recording tree the answer becomes one of its facts.
 * @param tree what the instruction builds on; undefined where there is nothing (scratch, `--link`)
 * @throws {SolveError} ERR_TSBUILD_COPY for a name without a tree to look in
 */
export async function resolveOwner(text: string, tree: FileTree | undefined): Promise<Owner> {
  const { user, group } = parseOwnerSpec(text);
  const recording = tree === undefined ? undefined : recordingOf(tree);
  const place = recording?.original ?? tree;
  const { uid, gid } = await userIds(user, place, text);
  const owner = { uid, gid: group === undefined ? gid : ((await groupId(group, place, text)) ?? gid) };
  if ('name' in user || (group !== undefined && 'name' in group)) recording?.noteOwner(text, owner);
  return owner;
}

async function userIds(user: OwnerPart, tree: FileTree | undefined, text: string): Promise<Owner> {
  if ('id' in user) return { uid: user.id, gid: user.id };
  return (await findUser(requireTree(tree, text), user.name)) ?? { uid: 0, gid: 0 };
}

async function groupId(group: OwnerPart, tree: FileTree | undefined, text: string): Promise<number | undefined> {
  return 'id' in group ? group.id : findGroup(requireTree(tree, text), group.name);
}

function requireTree(tree: FileTree | undefined, text: string): FileTree {
  if (tree !== undefined) return tree;
  throw new SolveError(
    'ERR_TSBUILD_COPY',
    `cannot look up user or group ${JSON.stringify(text)}: there is no image to look in`,
    {
      hint: 'use numbers, such as 1000:1000',
    },
  );
}

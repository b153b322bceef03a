import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import type { GitCloneOptions } from './git-clone.ts';

/** Runs git in the checkout. */
export type Git = (...args: string[]) => Promise<string>;

/** Deeper ones are no repository of anybody's. */
const MAX_DEPTH = 20;
const STATUS_LINE = /^[-+U ](?<commit>[0-9a-f]{40,64}) (?<path>.*)$/;

/** Fetches the submodules of a checkout. Where a policy guards the build, each is fetched once it was admitted. */
export async function updateSubmodules(
  work: string,
  git: Git,
  { guard }: Pick<GitCloneOptions, 'guard'>,
): Promise<void> {
  if (guard === undefined) {
    await git('submodule', 'update', '--quiet', '--init', '--recursive', '--depth=1');
    return;
  }
  await updateGuarded(work, git, guard, 0);
}

async function updateGuarded(
  folder: string,
  git: Git,
  guard: NonNullable<GitCloneOptions['guard']>,
  depth: number,
): Promise<void> {
  const inFolder: Git = (...args) => git('-C', folder, ...args);
  await inFolder('submodule', '--quiet', 'init');
  for (const { path, commit } of await listSubmodules(inFolder)) {
    const key = await urlKey(inFolder, path);
    const url = (await inFolder('config', '--local', key)).trim();
    const admitted = await guard.submodule(url, commit);
    if (admitted !== url) await inFolder('config', '--local', key, admitted);
    await inFolder('submodule', '--quiet', 'update', '--depth=1', '--', path);
    // One that its repository does not want to be updated has none, and git would look above it.
    const inside = join(folder, path);
    if (depth < MAX_DEPTH && (await hasRepository(inside))) await updateGuarded(inside, git, guard, depth + 1);
  }
}

/** What the commit has of repositories: the path of each, and the commit it must be. */
async function listSubmodules(git: Git): Promise<{ readonly path: string; readonly commit: string }[]> {
  const lines = (await git('submodule', 'status')).split('\n');
  return lines.flatMap((line) => {
    const { commit, path } = STATUS_LINE.exec(line)?.groups ?? {};
    return commit === undefined || path === undefined ? [] : [{ path, commit }];
  });
}

/** Where the configuration has the URL of the submodule at `path`: under its name, which may be another. */
async function urlKey(git: Git, path: string): Promise<string> {
  const entries = (await git('config', '-z', '--file', '.gitmodules', '--list')).split('\0');
  const [name] = entries.flatMap((entry) => {
    const [key = '', value] = splitOnce(entry);
    return value === path && /^submodule\..*\.path$/s.test(key) ? [key.slice(0, -'.path'.length)] : [];
  });
  if (name === undefined) throw new Error(`git knows a submodule at ${path} that .gitmodules does not`);
  return `${name}.url`;
}

function splitOnce(entry: string): readonly [string, string | undefined] {
  const end = entry.indexOf('\n');
  return end === -1 ? [entry, undefined] : [entry.slice(0, end), entry.slice(end + 1)];
}

async function hasRepository(folder: string): Promise<boolean> {
  return lstat(join(folder, '.git')).then(
    () => true,
    () => false,
  );
}

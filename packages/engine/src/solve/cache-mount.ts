import { chmod, chown, mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type ExecMount, systemErrorCode } from '@tsbuild/core';
import { noFiles } from '../cache/file-facts.ts';
import { MOUNT_FILES, mountName } from '../cache/shared/mounts/mount-folder.ts';
import type { MountSpec } from '../graph.ts';
import type { PreparedMount } from './exec-mounts.ts';
import type { SolveContext } from './solve-context.ts';
import { openSource, select } from './source-tree.ts';
import { writeTree } from './write-tree.ts';

type CacheSpec = Extract<MountSpec, { type: 'cache' }>;

/**
 * A directory of the store that outlives the build. Its content is in no key, nor is what it is first filled with.
 * `sharing=locked` lets one step at a time use it; with `private` a step that finds it in use gets another.
 */
export async function prepareCache(mount: CacheSpec, context: SolveContext): Promise<PreparedMount> {
  const { id, target, writable } = mount;
  return {
    key: { type: 'cache', target, id: id === target ? null : id, writable },
    files: noFiles,
    name: '',
    lockOrder: id,
    async open() {
      const place = await takePlace(mount, mountName(id), context);
      const folder = join(context.store.directory('mounts'), place.name);
      await context.store.withLock(`mount-${place.name}`, () => createOnce(mount, folder, context));
      return { mounts: [bindOf(mount, folder)], release: place.release };
    },
  };
}

/** What an ordinary user has made, until the sandbox has given it to its owner. */
const FRESH = 'fresh';

function bindOf({ target, writable, uid = 0, gid = 0 }: CacheSpec, folder: string): ExecMount {
  const bind = { kind: 'bind', target, source: join(folder, MOUNT_FILES), writable, persistent: true } as const;
  return isRoot() ? bind : { ...bind, fresh: { folder: join(folder, FRESH), uid, gid } };
}

function isRoot(): boolean {
  return process.getuid?.() === 0;
}

/** As long as a step waits to find out that a private mount is in use. */
const PRIVATE_WAIT_MS = 100;

/** The directory that this step may use, and how it gives it back. */
async function takePlace(
  { sharing }: CacheSpec,
  name: string,
  { store, signal }: SolveContext,
): Promise<{ readonly name: string; readonly release: () => Promise<void> }> {
  if (sharing === 'shared') return { name, release: async () => undefined };
  if (sharing === 'locked') return { name, release: await holdLock(store, `mount-use-${name}`, signal) };
  for (let copy = 0; ; copy++) {
    const own = copy === 0 ? name : `${name}-${copy}`;
    const patience = AbortSignal.timeout(PRIVATE_WAIT_MS);
    const release = await holdLock(store, `mount-use-${own}`, patience).catch((error: unknown) => {
      signal?.throwIfAborted();
      if (!patience.aborted) throw error;
      return undefined;
    });
    if (release !== undefined) return { name: own, release };
  }
}

/** Takes a lock of the store; the function that it gives lets go. */
async function holdLock(
  store: SolveContext['store'],
  key: string,
  signal: AbortSignal | undefined,
): Promise<() => Promise<void>> {
  return new Promise((resolve, reject) => {
    const held = store.withLock(
      key,
      () =>
        new Promise<void>((done) =>
          resolve(() => {
            done();
            return held;
          }),
        ),
      { signal },
    );
    held.catch(reject);
  });
}

/** Makes the directory beside its place and renames it, so that a half-filled one is never used. */
async function createOnce(mount: CacheSpec, path: string, context: SolveContext): Promise<void> {
  if (await context.store.use(path)) return;
  await using temporary = await context.store.temporaryDirectory();
  const made = join(temporary.path, 'mount');
  const filled = join(made, isRoot() ? MOUNT_FILES : FRESH);
  await mkdir(filled, { recursive: true });
  const isRestored = await restore(mount, filled, context);
  if (!isRestored && mount.source !== undefined) await fill(filled, mount, context);
  await chmod(filled, mount.mode ?? 0o755);
  if (isRoot()) await chown(filled, mount.uid ?? 0, mount.gid ?? 0);
  await rename(made, path).catch(async (error: unknown) => {
    await rm(made, { recursive: true, force: true });
    if (systemErrorCode(error) !== 'EEXIST' && systemErrorCode(error) !== 'ENOTEMPTY') throw error;
  });
}

/** What another machine exported comes before what the Dockerfile says that the mount begins with. */
async function restore({ id }: CacheSpec, path: string, context: SolveContext): Promise<boolean> {
  if (!context.shared.hasSources) return false;
  const { restoreMount } = await import('../cache/shared/mounts/restore-mount.ts');
  return restoreMount(id, path, context);
}

async function fill(path: string, { source, path: from }: CacheSpec, context: SolveContext): Promise<void> {
  if (source === undefined) return;
  const tree = await openSource(source, context);
  const selection = select(tree, { sources: [from], literal: true }, source.name);
  await writeTree(selection, path, { keepOwners: source.kind === 'rootfs' && isRoot() });
}

import type { Digest } from '@tsbuild/core';
import { parseModeChange, type SelectionDigestOptions, type SelectSpec } from '@tsbuild/layer';
import { type Keyed, keyed } from '../cache/cache-key.ts';
import { getSelectionDigest, selectionRecord } from '../cache/records.ts';
import type { ExecVertex, FileAction, FileVertex, MountSpec, RootfsVertex, SourceRef } from '../graph.ts';
import { rootIdentity } from './chain.ts';
import type { SolveContext } from './solve-context.ts';
import { keepsOwners } from './source-tree.ts';

/** What is selected from the root of another stage or image, and what of it counts. */
interface RootSelection {
  readonly rootfs: RootfsVertex;
  readonly spec: SelectSpec;
  readonly counting: SelectionDigestOptions;
}

/** The key of what a selection is, made of what the whole root contains. */
async function selectionKey({ rootfs, spec, counting }: RootSelection, context: SolveContext): Promise<Keyed> {
  const { chain } = await context.solve(rootfs);
  const { sources, excludes = [], parents = false, literal = false } = spec;
  return keyed('selection/v1', { root: rootIdentity(chain), sources, excludes, parents, literal, ...counting });
}

/** Lets other machines know what a selection is, so that they need not fetch the root to find out. */
export async function shareSelection(
  source: SourceRef,
  selection: Omit<RootSelection, 'rootfs'>,
  digest: Digest,
  context: SolveContext,
): Promise<void> {
  if (source.kind !== 'rootfs') return;
  const key = await selectionKey({ rootfs: source.rootfs, ...selection }, context);
  context.shared.use({ ...key, record: selectionRecord(digest), chain: [] });
}

async function ask(selection: RootSelection, context: SolveContext): Promise<Digest | undefined> {
  const key = await selectionKey(selection, context);
  const digest = await context.shared.ask((source) => getSelectionDigest(source, key.key), context.signal);
  if (digest !== undefined) context.shared.use({ ...key, record: selectionRecord(digest), chain: [] });
  return digest;
}

/** What counts of the files that COPY or ADD selects. */
export function countingOf({ chmod, chown }: FileVertex, ownersCount: boolean): SelectionDigestOptions {
  const modesCount = chmod === undefined || !parseModeChange(chmod).isAbsolute;
  return { ownersCount: ownersCount && chown === undefined, modesCount };
}

/** What of a source COPY or ADD takes. */
export function specOf(
  { excludes, parents }: FileVertex,
  { paths }: Extract<FileAction, { paths: unknown }>,
): SelectSpec {
  return { sources: paths, excludes, parents };
}

/** The whole of a bind mount's source. */
export function bindSpec(path: string): SelectSpec {
  return { sources: [path], literal: true };
}

export const BIND_COUNTING: SelectionDigestOptions = { ownersCount: true, modesCount: true };

/** What the sources of a `COPY --from` contain, where shared caches know it of all of them. */
export async function knownSources(
  vertex: FileVertex,
  context: SolveContext,
): Promise<readonly { readonly digest: Digest; readonly unpack: boolean }[] | undefined> {
  const digests: { digest: Digest; unpack: boolean }[] = [];
  for (const action of vertex.actions) {
    if (!('source' in action) || action.source.kind !== 'rootfs') return undefined;
    const { rootfs } = action.source;
    const counting = countingOf(vertex, keepsOwners(action.source));
    const digest = await ask({ rootfs, spec: specOf(vertex, action), counting }, context);
    if (digest === undefined) return undefined;
    digests.push({ digest, unpack: action.kind === 'add' });
  }
  return digests;
}

/** What the bind mounts of other stages show, where shared caches know it of all of them; undefined too where there are none. */
export async function knownSelections(
  { mounts }: ExecVertex,
  context: SolveContext,
): Promise<ReadonlyMap<MountSpec, Digest> | undefined> {
  const known = new Map<MountSpec, Digest>();
  for (const mount of mounts) {
    if (mount.type !== 'bind' || mount.source.kind !== 'rootfs') continue;
    const { rootfs } = mount.source;
    const digest = await ask({ rootfs, spec: bindSpec(mount.path), counting: BIND_COUNTING }, context);
    if (digest === undefined) return undefined;
    known.set(mount, digest);
  }
  return known.size === 0 ? undefined : known;
}

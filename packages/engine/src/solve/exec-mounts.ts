import type { Digest, ExecMount } from '@tsbuild/core';
import {
  type CopySource,
  createLayerWriter,
  emptyTree,
  type FileDigests,
  selectionDigest,
  writeCopy,
} from '@tsbuild/layer';
import { cacheKey, type KeyPart } from '../cache/cache-key.ts';
import { type FileFacts, fileFacts, noFiles } from '../cache/file-facts.ts';
import { getFileVariants, putFileVariant } from '../cache/records.ts';
import type { ExecVertex, MountSpec, SourceRef } from '../graph.ts';
import { prepareCache } from './cache-mount.ts';
import { type ChainLayer, rootIdentity } from './chain.ts';
import { keepLayer } from './keep-layer.ts';
import { BIND_COUNTING, bindSpec, shareSelection } from './known-selections.ts';
import { notGiven } from './not-given.ts';
import { readSecret } from './read-secret.ts';
import type { SolveContext } from './solve-context.ts';
import { keepsOwners, nameOfSource, openSource, select } from './source-tree.ts';
import { prepareSsh } from './ssh-mount.ts';

type BindSpec = Extract<MountSpec, { type: 'bind' }>;

/** A mount as the key sees it, and how to make it when the step has to run. */
export interface PreparedMount {
  readonly key: KeyPart;
  /** Files by path, to explain a miss. */
  files(): FileFacts;
  readonly name: string;
  open(): Promise<OpenedMount>;
  /** Mounts that may have to be waited for are opened in this order, so that no two steps wait for each other. */
  readonly lockOrder?: string;
}

export interface OpenedMount {
  readonly mounts: readonly ExecMount[];
  /** What enters the environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** What must not be seen in logs. */
  readonly secret?: Buffer;
  /** Lets others use what the mount shows. */
  release?(): Promise<void>;
}

interface PrepareOptions {
  /** Mounts whose content is in it are good for a key and for nothing else. */
  readonly known?: ReadonlyMap<MountSpec, Digest>;
  /** Looks at the build context anew: a file changed while it was packed. */
  readonly isFresh?: boolean;
}

export async function prepareMounts(
  vertex: ExecVertex,
  context: SolveContext,
  { known, isFresh = false }: PrepareOptions = {},
): Promise<PreparedMount[]> {
  const prepared: PreparedMount[] = [];
  for (const mount of vertex.mounts) {
    const digest = known?.get(mount);
    const isKnown = mount.type === 'bind' && digest !== undefined;
    prepared.push(isKnown ? unreadBind(mount, digest) : await prepareMount(mount, context, isFresh));
  }
  const { script } = vertex;
  if (script !== undefined) prepared.push(scriptMount(script));
  return prepared;
}

async function prepareMount(mount: MountSpec, context: SolveContext, isFresh: boolean): Promise<PreparedMount> {
  switch (mount.type) {
    case 'bind':
      return prepareBind(mount, context, isFresh);
    case 'cache':
      return prepareCache(mount, context);
    case 'tmpfs': {
      const { target, sizeBytes } = mount;
      return {
        key: { type: 'tmpfs', target, size: sizeBytes ?? null },
        files: noFiles,
        name: '',
        open: async () => ({ mounts: [{ kind: 'tmpfs', target, ...(sizeBytes === undefined ? {} : { sizeBytes }) }] }),
      };
    }
    case 'secret':
      return prepareSecret(mount, context);
    case 'ssh':
      return prepareSsh(mount, context);
    default:
      return mount satisfies never;
  }
}

function scriptMount({ path, content }: NonNullable<ExecVertex['script']>): PreparedMount {
  const data = Buffer.from(content, 'utf8');
  return {
    key: { type: 'script', path, content },
    files: noFiles,
    name: 'script',
    open: async () => ({ mounts: [{ kind: 'file', target: path, data, mode: 0o755 }] }),
  };
}

/** A bind mount enters the key by the content of what it shows, and is never the live folder. */
async function prepareBind(mount: BindSpec, context: SolveContext, isFresh: boolean): Promise<PreparedMount> {
  const { source, target, path, writable } = mount;
  const shown = await readBind(source, path, context, isFresh);
  return {
    key: { type: 'bind', target, digest: shown.digest, writable },
    files: shown.files,
    name: nameOfSource(source),
    async open() {
      const rootfs = await sourceRootfs(source, path, shown, context);
      return { mounts: [{ kind: 'rootfs', target, rootfs, path: cleanSource(path), writable }] };
    },
  };
}

function unreadBind({ target, source, writable }: BindSpec, digest: Digest): PreparedMount {
  return {
    key: { type: 'bind', target, digest, writable },
    files: noFiles,
    name: nameOfSource(source),
    open: () => Promise.reject(new Error('a mount that was not read is not opened')),
  };
}

function cleanSource(path: string): string {
  return path.replace(/^\/+|\/+$/g, '');
}

/** What a bind mount shows, as it was when the key was made. */
interface BindContent {
  readonly digest: Digest;
  readonly copied: CopySource;
  files(): FileFacts;
}

async function readBind(
  source: SourceRef,
  path: string,
  context: SolveContext,
  isFresh: boolean,
): Promise<BindContent> {
  const tree = await openSource(source, context, isFresh);
  const spec = bindSpec(path);
  const selection = select(tree, spec, nameOfSource(source));
  const counting = { ...BIND_COUNTING, ownersCount: keepsOwners(source) };
  const digestsOf: FileDigests = (paths) => tree.digests(paths, { signal: context.signal });
  const { digest, files } = await selectionDigest(selection, digestsOf, counting);
  await shareSelection(source, { spec, counting }, digest, context);
  return { digest, copied: { selection, expected: files }, files: () => fileFacts(selection, files, counting) };
}

/** The layers that a mount shows: a stage's own, or one made of what is selected from a local folder. */
async function sourceRootfs(source: SourceRef, path: string, shown: BindContent, context: SolveContext) {
  if (source.kind === 'rootfs')
    return context.layers.rootfs((await context.solve(source.rootfs)).chain, context.signal);
  return context.layers.rootfs([await contextLayer(path, shown, context)], context.signal);
}

/** Packs what the key was made of; a file that changed since is an error, and nothing is recorded. */
async function contextLayer(path: string, { digest, copied }: BindContent, context: SolveContext): Promise<ChainLayer> {
  const { store, layers, signal } = context;
  const key = cacheKey('bind/v1', { digest, path: cleanSource(path) });
  const [known] = await getFileVariants(store.records, key);
  if (known !== undefined && (await layers.isAvailable(known.layer))) return known.layer;
  await using ingest = await store.blobs.ingest();
  const writer = createLayerWriter(ingest);
  const target = `/${cleanSource(path)}`;
  await writeCopy(writer, {
    sources: [copied],
    destination: emptyTree,
    target,
    workdir: '/',
    createdTime: 0,
    signal,
  });
  const layer = await keepLayer(await writer.finish(), store);
  await putFileVariant(store.records, key, {
    layer,
    facts: { lookups: {}, owners: {} },
    roots: [rootIdentity([])],
    created: new Date().toISOString(),
  });
  return layer;
}

async function prepareSecret(
  mount: Extract<MountSpec, { type: 'secret' }>,
  context: SolveContext,
): Promise<PreparedMount> {
  const { id, target, env, required, mode, uid, gid } = mount;
  const source = context.secrets[id];
  return {
    key: { type: 'secret', id, target: target ?? null, env: env ?? null, mode, uid, gid },
    files: noFiles,
    name: '',
    async open() {
      const data = source === undefined ? undefined : await readSecret(id, source);
      if (data === undefined && required) throw notGiven('secret', id, `--secret id=${id},src=FILE`);
      if (data === undefined) return { mounts: [] };
      return {
        secret: data,
        mounts: target === undefined ? [] : [{ kind: 'secret', target, data, mode, uid, gid }],
        ...(env === undefined ? {} : { env: { [env]: data.toString('utf8') } }),
      };
    },
  };
}

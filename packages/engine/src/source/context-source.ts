import { resolve } from 'node:path';
import type { ByteStream } from '@tsbuild/core';
import type { IgnoreMatcher } from '@tsbuild/dockerfile';
import { detectCompression, memoryTree } from '@tsbuild/layer';
import { openContext } from '../context/index.ts';
import type { LocalSource, SourceTree } from '../graph.ts';
import { memoryFiles } from '../memory-context.ts';
import type { BuildContext } from '../options.ts';
import type { Owner } from '../owner.ts';
import { digestedTree } from '../solve/digested-tree.ts';
import { openFolderSource } from './folder-source.ts';
import { type GitUrl, parseGitUrl } from './git-url.ts';
import type { DownloadOptions } from './http-source.ts';
import { isTarStart } from './is-tar.ts';

/** A context of a build. Nothing is read before the first step, or the search for the Dockerfile, asks. */
export interface OpenedContext extends LocalSource {
  /** Keeps the digests of unchanged files for the next build. */
  saveDigests(): Promise<void>;
  /** What the ignore file of a folder says; absent where there is none to look at. */
  ignores?(): Promise<IgnoreMatcher | undefined>;
}

export interface ContextSourceOptions extends DownloadOptions {
  /** Ends when the build does; what was fetched for it goes with it. */
  readonly owner: Owner;
  /** Digests that downloads must have, by URL. */
  readonly checksums?: ReadonlyMap<string, string> | undefined;
  /** Where an ignore file of the Dockerfile's own may stand. */
  readonly dockerfile?: string | undefined;
}

/** A folder, git repository, archive on the web, tar stream, files in memory, or tree. */
export function openContextSource(context: BuildContext, options: ContextSourceOptions): OpenedContext {
  if (typeof context === 'string') return openNamedSource(context, options);
  if ('files' in context) return fixedSource(async () => digestedTree(memoryTree(memoryFiles(context.files))), false);
  if ('tar' in context) return fixedSource(() => openTar(context.tar, options), true);
  return fixedSource(async () => digestedTree(context.tree), true);
}

function openNamedSource(context: string, options: ContextSourceOptions): OpenedContext {
  const git = parseGitUrl(context);
  if (git !== undefined) return fixedSource(() => openGit(git, options), false);
  if (/^https?:\/\//.test(context)) return fixedSource(() => openWeb(context, options), true);
  return openFolderSource(resolve(context), options.dockerfile, options.store);
}

/** A source that is the same whenever it is opened. */
function fixedSource(load: () => Promise<SourceTree>, keepsOwners: boolean): OpenedContext {
  let opened: Promise<SourceTree> | undefined;
  return {
    keepsOwners,
    open() {
      opened ??= load();
      return opened;
    },
    saveDigests: async () => undefined,
  };
}

async function openTar(tar: ByteStream, { store, signal }: ContextSourceOptions): Promise<SourceTree> {
  const { openTarSource } = await import('./tar-source.ts');
  return openTarSource(tar, store, signal);
}

async function openGit(url: GitUrl, options: ContextSourceOptions): Promise<SourceTree> {
  const { cloneGit } = await import('./git-clone.ts');
  const { path } = options.owner.use(await options.store.temporaryDirectory());
  const { folder } = await cloneGit(url, { ...options, into: path, keepGitDir: false });
  return openContext(folder);
}

/** An archive, or a text that is the Dockerfile of an otherwise empty context. */
async function openWeb(url: string, options: ContextSourceOptions): Promise<SourceTree> {
  const { download } = await import('./http-source.ts');
  const { tree, name } = await download(url, options.checksums?.get(url), options);
  const bytes = contents(tree.readMany([name], { signal: options.signal }));
  const start = await firstBytes(tree, name);
  const isArchive = detectCompression(start) !== 'none' || isTarStart(start);
  if (isArchive) return openTar(bytes, options);
  const chunks: Buffer[] = [];
  for await (const chunk of bytes) chunks.push(Buffer.from(chunk));
  return digestedTree(memoryTree([{ path: 'Dockerfile', content: Buffer.concat(chunks) }]));
}

async function* contents(chunks: AsyncIterable<{ readonly bytes: Uint8Array }>): AsyncGenerator<Uint8Array> {
  for await (const { bytes } of chunks) yield bytes;
}

const TAR_BLOCK = 512;

async function firstBytes(tree: Pick<SourceTree, 'readMany'>, name: string): Promise<Buffer> {
  let start = Buffer.alloc(0);
  for await (const { bytes } of tree.readMany([name])) {
    start = Buffer.concat([start, bytes]).subarray(0, TAR_BLOCK);
    if (start.length === TAR_BLOCK) break;
  }
  return start;
}

import type { Digest, FileTree } from '@tsbuild/core';
import { type CopySource, memoryTree, type Selection, selectionDigest, selectSources } from '@tsbuild/layer';
import { type FactStream, type FileFact, streamFacts } from '../cache/file-facts.ts';
import { openContext } from '../context/index.ts';
import type { FileAction, FileVertex, SourceTree } from '../graph.ts';
import { parseGitUrl } from '../source/git-url.ts';
import { countingOf, shareSelection, specOf } from './known-selections.ts';
import type { SolveContext } from './solve-context.ts';
import { keepsOwners, nameOfSource, openSource, select } from './source-tree.ts';

/** The sources of one COPY or ADD, selected and digested. */
export interface FileInputs {
  readonly sources: readonly CopySource[];
  /** Content of each source, in order, as the key sees it. */
  readonly digests: readonly { readonly digest: Digest; readonly unpack: boolean }[];
  /** Files by source and path, to explain a miss. */
  files(): ReadonlyMap<string, FactStream>;
  /** Newest time among what is copied, whole seconds: created directories take it, so that equal inputs give equal layers. */
  readonly newestTime: number;
  /** Time of everything copied, where the source has only one. */
  readonly copiedTime: number | undefined;
}

/** `isFresh` looks at the build context anew: a file changed while it was packed. */
export async function fileInputs(vertex: FileVertex, context: SolveContext, isFresh: boolean): Promise<FileInputs> {
  const sources: CopySource[] = [];
  const digests: { digest: Digest; unpack: boolean }[] = [];
  const facts: (readonly [name: string, facts: () => FactStream])[] = [];
  let newestTime = 0;
  let copiedTime: number | undefined;
  for (const action of vertex.actions) {
    const { selection, digestsOf, unpack, name, ownersCount, time } = await openAction(
      action,
      vertex,
      context,
      isFresh,
    );
    const counting = countingOf(vertex, ownersCount);
    const result = await selectionDigest(selection, digestsOf, counting);
    if ('source' in action)
      await shareSelection(action.source, { spec: specOf(vertex, action), counting }, result.digest, context);
    sources.push({ selection, expected: result.files, unpack });
    digests.push({ digest: result.digest, unpack });
    facts.push([name, () => streamFacts(selection, result.files, counting)]);
    newestTime = Math.max(newestTime, time ?? newestOf(selection));
    copiedTime = vertex.actions.length === 1 ? time : undefined;
  }
  return { sources, digests, files: () => mergeFacts(facts), newestTime, copiedTime };
}

function mergeFacts(parts: readonly (readonly [name: string, facts: () => FactStream])[]): Map<string, FactStream> {
  const merged = new Map<string, FactStream>();
  for (const [name, facts] of parts) merged.set(name, oneAfterTheOther(merged.get(name) ?? [], facts()));
  return merged;
}

function* oneAfterTheOther(...streams: readonly FactStream[]): Generator<readonly [path: string, fact: FileFact]> {
  for (const stream of streams) yield* stream;
}

interface OpenAction {
  readonly selection: Selection;
  readonly digestsOf: SourceTree['digests'];
  readonly unpack: boolean;
  readonly name: string;
  /** The source's owners are kept: a stage's are, a context's never. */
  readonly ownersCount: boolean;
  /** Time of everything copied, seconds since 1970. Absent: each file's own. */
  readonly time?: number;
}

async function openAction(
  action: FileAction,
  vertex: FileVertex,
  context: SolveContext,
  isFresh: boolean,
): Promise<OpenAction> {
  if (action.kind === 'inline')
    return literal(memoryTree([{ path: action.name, content: action.content }]), action.name, false);
  if (action.kind === 'http') {
    const { download } = await import('../source/http-source.ts');
    const { tree, name } = await download(action.url, action.checksum, context);
    return literal(tree, name, action.unpack);
  }
  if (action.kind === 'git') return openRepository(action, vertex, context);
  const tree = await openSource(action.source, context, isFresh);
  const name = nameOfSource(action.source);
  const selection = select(tree, specOf(vertex, action), name);
  return {
    selection,
    digestsOf: (paths) => tree.digests(paths, { signal: context.signal }),
    unpack: action.kind === 'add',
    name,
    ownersCount: keepsOwners(action.source),
  };
}

/** The content of a repository is copied as that of a folder is; its files have the time of the commit. */
async function openRepository(
  { url, keepGitDir, checksum }: Extract<FileAction, { kind: 'git' }>,
  { excludes }: FileVertex,
  context: SolveContext,
): Promise<OpenAction> {
  const parsed = parseGitUrl(url);
  if (parsed === undefined) throw new Error(`${url} was a repository when the Dockerfile was lowered`);
  const { cloneGit } = await import('../source/git-clone.ts');
  const { path } = context.owner.use(await context.store.temporaryDirectory());
  const commit = checksum === undefined ? {} : { commit: checksum };
  const { folder, commitTime } = await cloneGit({ ...parsed, ...commit }, { ...context, into: path, keepGitDir });
  const tree = openContext(folder);
  const selection = selectSources(tree, { sources: ['/'], excludes });
  const digestsOf: OpenAction['digestsOf'] = (paths) => tree.digests(paths, { signal: context.signal });
  return { selection, digestsOf, unpack: false, name: url, ownersCount: false, time: commitTime };
}

function literal(tree: FileTree & Pick<SourceTree, 'digests'>, name: string, unpack: boolean): OpenAction {
  const selection = selectSources(tree, { sources: [name], literal: true });
  return { selection, digestsOf: (paths) => tree.digests(paths), unpack, name, ownersCount: false };
}

function newestOf({ sources }: Selection): number {
  return sources.reduce((newest, { items }) => Math.max(newest, items.newestTime), 0);
}

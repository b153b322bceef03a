import type { FileTree } from '@tsbuild/core';
import { createLayerWriter, emptyTree, parseModeChange, recordLookups, resolveOwner, writeCopy } from '@tsbuild/layer';
import { type Keyed, keyed } from '../cache/cache-key.ts';
import type { FileVertex } from '../graph.ts';
import type { Solved } from './chain.ts';
import { type FileInputs, fileInputs } from './file-inputs.ts';
import { type FileStep, type FoundVariant, findVariant, solveFileStep, takeVariant } from './file-variants.ts';
import { keyedAgain } from './keyed-again.ts';
import { knownSources } from './known-selections.ts';
import type { SolveContext } from './solve-context.ts';

/** COPY and ADD: a tar written straight from the sources' bytes, with no root file system on disk. */
export async function solveFile(vertex: FileVertex, parent: Solved, context: SolveContext): Promise<Solved> {
  const early = vertex.step.noCache ? undefined : await findUnread(vertex, parent, context);
  if (early !== undefined) return takeVariant(early.file, early.found, context);
  return keyedAgain(async (isFresh) => {
    const inputs = await fileInputs(vertex, context, isFresh);
    return solveFileStep(fileStep(vertex, inputs, parent, context), context);
  });
}

/**
 * Finds the record of a `COPY --from` by what shared caches say that its sources are. Nothing is read; so where there is no
 * such record, the key has to be made again, of the files themselves.
 */
export async function findUnread(
  vertex: FileVertex,
  parent: Solved,
  context: SolveContext,
): Promise<{ readonly file: FileStep; readonly found: FoundVariant } | undefined> {
  const digests = await knownSources(vertex, context);
  if (digests === undefined) return undefined;
  const unread = () => Promise.reject(new Error('sources that were not read are not copied'));
  const file: FileStep = { ...baseStep(vertex, digests, parent), files: () => [], write: unread };
  const found = await findVariant(file, context);
  return found === undefined ? undefined : { file, found };
}

/** COPY or ADD with its sources at hand. */
export function fileStep(vertex: FileVertex, inputs: FileInputs, parent: Solved, context: SolveContext): FileStep {
  return {
    ...baseStep(vertex, inputs.digests, parent),
    files: inputs.files,
    write: (destination, ingest) => write(vertex, inputs, destination, ingest, context),
  };
}

function baseStep(
  vertex: FileVertex,
  digests: FileInputs['digests'],
  parent: Solved,
): Omit<FileStep, 'files' | 'write'> {
  const key = fileKey(vertex, digests);
  return { step: vertex.step, key, parent, settings: settingsOf(vertex), asksDestination: !vertex.link };
}

function fileKey(vertex: FileVertex, digests: FileInputs['digests']): Keyed {
  const { target, chown, chmod, link } = vertex;
  const sources = digests.map(({ digest, unpack }) => ({ digest, unpack }));
  return keyed('file/v1', { sources, target, chown: chown ?? null, chmod: chmod ?? null, link });
}

/** What expansion made of the instruction, and what stands elsewhere. */
function settingsOf({ target, chown, chmod, link, excludes, actions }: FileVertex): Record<string, string> {
  const sources = actions.flatMap((action) => ('paths' in action ? action.paths : 'url' in action ? [action.url] : []));
  return {
    sources: sources.join(' '),
    destination: target,
    '--chown': chown ?? '',
    '--chmod': chmod ?? '',
    '--link': String(link),
    '--exclude': excludes.join(' '),
  };
}

async function write(
  vertex: FileVertex,
  { sources, newestTime, copiedTime }: FileInputs,
  destination: FileTree | undefined,
  ingest: Parameters<typeof createLayerWriter>[0],
  { signal }: SolveContext,
) {
  const writer = createLayerWriter(ingest);
  const recorded = recordLookups(destination ?? emptyTree);
  const { chown, chmod, target, link } = vertex;
  const owner =
    chown === undefined
      ? undefined
      : await resolveOwner(chown, link || vertex.parent === undefined ? undefined : recorded.tree);
  await writeCopy(writer, {
    sources,
    destination: recorded.tree,
    target,
    workdir: '/',
    owner,
    chmod: chmod === undefined ? undefined : parseModeChange(chmod),
    link,
    createdTime: newestTime,
    copiedTime,
    signal,
  });
  return { layer: await writer.finish(), facts: recorded.facts() };
}

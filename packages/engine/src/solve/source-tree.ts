import { SolveError } from '@tsbuild/core';
import { didYouMean } from '@tsbuild/dockerfile';
import { type Selection, type SelectSpec, SourceNotFoundError, selectSources } from '@tsbuild/layer';
import type { SourceRef, SourceTree } from '../graph.ts';
import { digestedTree } from './digested-tree.ts';
import type { SolveContext } from './solve-context.ts';

/** Opens what COPY, ADD or a mount reads. `isFresh` looks at a local folder anew. */
export async function openSource(source: SourceRef, context: SolveContext, isFresh = false): Promise<SourceTree> {
  if (source.kind === 'local') return source.source.open({ isFresh });
  const { chain } = await context.solve(source.rootfs);
  return digestedTree(await context.layers.tree(chain, context.signal));
}

/** What messages and reasons call a source. */
export function nameOfSource(source: SourceRef): string {
  return source.kind === 'local' && source.name === 'context' ? 'build context' : source.name;
}

/** Whether files keep the owners that the source gives them: those of a stage do, those of a folder are root's. */
export function keepsOwners(source: SourceRef): boolean {
  return source.kind === 'rootfs' || source.source.keepsOwners;
}

/** Selects, and says of a missing source of the context whether the ignore file hides it. */
export function select(tree: SourceTree, spec: SelectSpec, name: string): Selection {
  try {
    return selectSources(tree, spec);
  } catch (error) {
    if (!(error instanceof SourceNotFoundError)) throw error;
    const path = error.path.replace(/^\/+/, '');
    const ignored = tree.ignoredBy(path);
    if (ignored === undefined) throw withNearest(error, spec, name);
    const { file, line, pattern } = ignored;
    throw new SolveError(
      'ERR_TSBUILD_SOURCE_NOT_FOUND',
      `${JSON.stringify(error.path)} is excluded from the ${name} by ${file}:${line} ${JSON.stringify(pattern)}: not found`,
      {
        cause: error,
        hint: `remove the pattern, or take the file back in with !${path}`,
      },
    );
  }
}

/** Says where the path ends to exist, and what stands there instead. */
function withNearest(error: SourceNotFoundError, { sources }: SelectSpec, sourceName: string): SolveError {
  const { path, directory, siblings } = error;
  const inside = directory === '' ? '' : `${directory}/`;
  const name = path.slice(inside.length).split('/')[0] ?? '';
  const near = didYouMean(
    `${inside}${name}`,
    siblings.map((sibling) => `${inside}${sibling}`),
  );
  return new SolveError('ERR_TSBUILD_SOURCE_NOT_FOUND', `${error.message} in the ${sourceName}`, {
    cause: error,
    hint: near ?? (sources.some(leadsOutside) ? OUTSIDE : whatIsThere(directory, siblings, sourceName)),
  });
}

const OUTSIDE =
  'paths cannot lead out of the build context: choose a folder above as the context, and its Dockerfile with -f';

function leadsOutside(path: string): boolean {
  return path.split('/').includes('..');
}

const MOST_SHOWN = 8;

function whatIsThere(directory: string, siblings: readonly string[], sourceName: string): string {
  const place = directory === '' ? `the ${sourceName}` : JSON.stringify(`/${directory}`);
  if (siblings.length === 0) return `${place} is empty`;
  const more = siblings.length > MOST_SHOWN ? ', …' : '';
  return `${place} has ${siblings.slice(0, MOST_SHOWN).join(', ')}${more}`;
}

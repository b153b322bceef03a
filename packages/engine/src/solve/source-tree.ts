import { SolveError } from '@tsbuild/core';
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

/** Selects, and says of a missing source of the context whether the ignore file hides it. */
export function select(tree: SourceTree, spec: SelectSpec, sourceName: string): Selection {
  try {
    return selectSources(tree, spec);
  } catch (error) {
    if (!(error instanceof SourceNotFoundError)) throw error;
    const path = error.path.replace(/^\/+/, '');
    if (!tree.isIgnored(path)) throw error;
    throw new SolveError(
      'ERR_TSBUILD_SOURCE_NOT_FOUND',
      `${JSON.stringify(error.path)} is excluded from the ${sourceName} by .dockerignore: not found`,
      {
        cause: error,
        hint: `remove the pattern, or take the file back in with !${path}`,
      },
    );
  }
}

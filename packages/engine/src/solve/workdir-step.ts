import { createLayerWriter, emptyTree, recordLookups, resolveOwner, writeWorkdir } from '@tsbuild/layer';
import { keyed } from '../cache/cache-key.ts';
import type { WorkdirVertex } from '../graph.ts';
import type { Solved } from './chain.ts';
import { type FileStep, solveFileStep } from './file-variants.ts';
import type { SolveContext } from './solve-context.ts';

/** WORKDIR: the directories that are missing, owned by the stage's user; an empty layer if none is. */
export async function solveWorkdir(vertex: WorkdirVertex, parent: Solved, context: SolveContext): Promise<Solved> {
  return solveFileStep(workdirStep(vertex, parent), context);
}

export function workdirStep(vertex: WorkdirVertex, parent: Solved): FileStep {
  const { path, user, step } = vertex;
  return {
    step,
    key: keyed('workdir/v1', { path, user }),
    parent,
    files: () => [],
    settings: { WORKDIR: path, USER: user },
    asksDestination: true,
    async write(destination, ingest) {
      const writer = createLayerWriter(ingest);
      const recorded = recordLookups(destination ?? emptyTree);
      const owner =
        user === '' ? undefined : await resolveOwner(user, vertex.parent === undefined ? undefined : recorded.tree);
      await writeWorkdir(writer, { destination: recorded.tree, path, owner, createdTime: 0 });
      return { layer: await writer.finish(), facts: recorded.facts() };
    },
  };
}

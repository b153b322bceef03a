import type { ImageVertex, Vertex } from '../graph.ts';
import type { SolveContext } from './solve-context.ts';
import { imageRoot } from './solver.ts';

/**
 * Has the bases of commands unpacked as soon as the sandbox is there. So they are read once, although a COPY before the first
 * command asks what they hold. Settles when that is done, whatever became of it.
 */
export async function unpackAhead(
  vertices: readonly Vertex[],
  { layers, executor, signal }: Pick<SolveContext, 'layers' | 'executor' | 'signal'>,
): Promise<void> {
  const unpacked = basesOfCommands(vertices).map(async (base) =>
    layers.ahead(imageRoot(base).chain, async (rootfs) => (await executor()).prepare(rootfs, signal), signal),
  );
  await Promise.all(unpacked);
}

function basesOfCommands(vertices: readonly Vertex[]): readonly ImageVertex[] {
  const seen = new Set<Vertex>();
  for (const vertex of vertices) {
    let below = vertex.op === 'exec' ? vertex.parent : undefined;
    while (below !== undefined && !seen.has(below)) {
      seen.add(below);
      below = below.op === 'image' ? undefined : below.parent;
    }
  }
  return [...seen].filter((vertex) => vertex.op === 'image');
}

import { type SourceText, withSource } from '@tsbuild/core';
import type { ImageVertex, Vertex } from '../graph.ts';
import { imageChain } from '../image/image-chain.ts';
import { EMPTY_ROOT, type Solved } from './chain.ts';
import { solveExec } from './exec-step.ts';
import { solveFile } from './file-step.ts';
import type { SolveContext } from './solve-context.ts';
import { solveWorkdir } from './workdir-step.ts';

export interface Solver {
  readonly solve: SolveContext['solve'];
  /**
   * Starts all of `vertices`, which come after what they need. Their failures are told by `solve`. Without it a chain of
   * many thousand steps would be one recursion as deep.
   */
  start(vertices: readonly Vertex[]): void;
  /** Waits until nothing is under way any more, whatever became of it. */
  settled(): Promise<void>;
}

/** Solves vertices, each once, inputs first; independent ones at the same time. */
export function createSolver(context: Omit<SolveContext, 'solve'>, source: SourceText): Solver {
  const solved = new Map<string, Promise<Solved>>();
  const inner: SolveContext = { ...context, solve };

  function solve(vertex: Vertex | undefined): Promise<Solved> {
    if (vertex === undefined) return Promise.resolve(EMPTY_ROOT);
    let promise = solved.get(vertex.step.id);
    if (promise === undefined) {
      promise = solveVertex(vertex);
      solved.set(vertex.step.id, promise);
    }
    return promise;
  }

  async function solveVertex(vertex: Vertex): Promise<Solved> {
    if (vertex.op === 'image') return solveImage(vertex);
    // Sources in other stages start now, not when this stage reaches them.
    const inputs = [vertex.parent, ...inputsOf(vertex)].map((input) => solve(input));
    const [parent = EMPTY_ROOT] = await Promise.all(inputs);
    const { reporter, signal } = context;
    signal?.throwIfAborted();
    reporter.start(vertex.step);
    try {
      return await solveStep(vertex, parent);
    } catch (error) {
      const isCancelled = signal?.aborted === true;
      reporter.finish(vertex.step, isCancelled ? 'cancelled' : 'failed', {
        error: error instanceof Error ? error.message : String(error),
      });
      throw withSource(error, vertex.step.range, source);
    }
  }

  function solveStep(vertex: Exclude<Vertex, { op: 'image' }>, parent: Solved): Promise<Solved> {
    const own = { ...inner, shared: inner.shared.forStep(vertex.step.id) };
    switch (vertex.op) {
      case 'file':
        return solveFile(vertex, parent, own);
      case 'workdir':
        return solveWorkdir(vertex, parent, own);
      case 'exec':
        return solveExec(vertex, parent, own);
      default:
        return vertex satisfies never;
    }
  }

  async function solveImage(vertex: ImageVertex): Promise<Solved> {
    context.reporter.start(vertex.step);
    const root = imageRoot(vertex);
    const stored = await Promise.all(root.chain.map((layer) => context.layers.hasBlob(layer)));
    context.reporter.finish(vertex.step, stored.every(Boolean) ? 'cached' : 'ran');
    return root;
  }

  function start(vertices: readonly Vertex[]): void {
    for (const vertex of vertices) solve(vertex).catch(() => undefined);
  }

  async function settled(): Promise<void> {
    await Promise.allSettled(solved.values());
  }

  return { solve, start, settled };
}

/** The layers of a base image, as its config names them. */
export function imageRoot({ image }: ImageVertex): Solved {
  return { chain: imageChain(image), created: image.config.created };
}

/** Vertices that a vertex reads besides its parent. */
export function inputsOf(vertex: Vertex): Vertex[] {
  const sources =
    vertex.op === 'file'
      ? vertex.actions.flatMap((action) => ('source' in action ? [action.source] : []))
      : vertex.op === 'exec'
        ? vertex.mounts.flatMap((mount) => ('source' in mount && mount.source !== undefined ? [mount.source] : []))
        : [];
  return sources.flatMap((source) => (source.kind === 'rootfs' && source.rootfs !== undefined ? [source.rootfs] : []));
}

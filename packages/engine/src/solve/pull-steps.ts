import { type Descriptor, type Digest, formatReference } from '@tsbuild/core';
import type { Reporter } from '../events.ts';
import type { ResolvedImage, StepInfo, Vertex } from '../graph.ts';
import type { PullProgress, Pulls } from './pulls.ts';

interface Pulling {
  readonly step: StepInfo;
  readonly underway: Set<Digest>;
}

/**
 * Shows the downloads of a build's base images as steps of their own: FROM is done when it is known what the name stands
 * for, and layers arrive when the first step reads them. Ends with the build.
 */
export function showPulls(vertices: readonly Vertex[], pulls: Pulls, reporter: Reporter): Disposable {
  const images = imagesByLayer(vertices);
  const open = new Map<string, Pulling>();
  let begun = 0;

  function pullingOf(image: ResolvedImage): Pulling {
    const name = `pulling ${formatReference(image.reference)}`;
    const known = open.get(name);
    if (known !== undefined) return known;
    begun += 1;
    const step = { id: `pull-${begun}`, name, label: name, range: undefined, lineages: [], noCache: false };
    const pulling = { step, underway: new Set<Digest>() };
    open.set(name, pulling);
    reporter.define(step, []);
    reporter.start(step);
    return pulling;
  }

  function show({ digest, current, hasEnded }: PullProgress): void {
    const found = images.get(digest);
    if (found === undefined) return;
    const { step, underway } = pullingOf(found.image);
    underway.add(digest);
    if (hasEnded) underway.delete(digest);
    else reporter.progress(step, digest, current, found.blob.size);
    if (underway.size > 0) return;
    open.delete(step.name);
    reporter.finish(step, current === found.blob.size ? 'ran' : 'cancelled');
  }

  const listening = pulls.listen(show);
  return {
    [Symbol.dispose]() {
      listening[Symbol.dispose]();
      for (const { step } of open.values()) reporter.finish(step, 'cancelled');
    },
  };
}

function imagesByLayer(
  vertices: readonly Vertex[],
): ReadonlyMap<Digest, { readonly image: ResolvedImage; readonly blob: Descriptor }> {
  return new Map(
    vertices.flatMap((vertex) =>
      vertex.op === 'image'
        ? vertex.image.layers.map((blob) => [blob.digest, { image: vertex.image, blob }] as const)
        : [],
    ),
  );
}

import { digestHex, digestOf, familiarReference, type RunReason } from '@tsbuild/core';
import type { RootfsVertex } from '../graph.ts';
import { type Chain, layerIdentity } from '../solve/chain.ts';

/** The root file system that a step ran on, as an explanation names its parts. */
export interface RootIngredients {
  readonly base: { readonly name: string; readonly identity: string };
  /** What was built on the base, from the bottom up. */
  readonly steps: readonly { readonly name: string; readonly identity: string }[];
}

/** `parent` is the vertex that `chain` is the result of: every one above the image made one layer. */
export function rootIngredients(parent: RootfsVertex, chain: Chain): RootIngredients {
  const names: string[] = [];
  let vertex = parent;
  while (vertex !== undefined && vertex.op !== 'image') {
    names.unshift(vertex.step.name);
    vertex = vertex.parent;
  }
  const built = chain.length - names.length;
  const identities = chain.slice(0, built).map(layerIdentity);
  return {
    base: {
      name: vertex === undefined ? 'scratch' : imageName(vertex),
      identity: digestOf(JSON.stringify(identities)),
    },
    steps: chain.slice(built).map((layer, at) => ({ name: names[at] ?? '', identity: layerIdentity(layer) })),
  };
}

/** With the start of the manifest's digest: the name alone may be the same for two images. */
function imageName({ image }: Extract<RootfsVertex, { op: 'image' }>): string {
  const { digest: _, ...reference } = image.reference;
  return `${familiarReference(reference)}@${digestHex(image.descriptor.digest).slice(0, 12)}`;
}

export function baseDifference(before?: RootIngredients, now?: RootIngredients): RunReason | undefined {
  if (before === undefined || now === undefined || before.base.identity === now.base.identity) return undefined;
  return { kind: 'base-changed', from: before.base.name, to: now.base.name };
}

/** The first step below that left something else behind. */
export function stepDifference(before?: RootIngredients, now?: RootIngredients): RunReason | undefined {
  if (before === undefined || now === undefined) return undefined;
  const first =
    now.steps.find(({ identity }, at) => identity !== before.steps[at]?.identity) ?? before.steps[now.steps.length];
  return first === undefined ? undefined : { kind: 'parent-changed', step: first.name };
}

import type { SourceRange, StepId } from '@tsbuild/core';
import type { ImageVertex, ResolvedImage } from '../graph.ts';

/** Gives out the ids of a build's steps: `s1`, `s2`, … */
export type NewStepId = () => StepId;

export function createStepIds(): NewStepId {
  let count = 0;
  return () => {
    count += 1;
    return `s${count}`;
  };
}

/** The vertex of a base image. Its label has no number: the stage it belongs to gives it one. */
export function imageVertex(image: ResolvedImage, name: string, range: SourceRange, newId: NewStepId): ImageVertex {
  const label = `FROM ${name}`;
  return {
    op: 'image',
    step: { id: newId(), name: label, label, range, lineages: [], noCache: false },
    image,
  };
}

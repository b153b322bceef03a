import type { Dockerfile } from '@tsbuild/dockerfile';
import type { BuildStep } from './build-steps.ts';
import { dockerfileName } from './dockerfile-name.ts';

/** The Dockerfile, and the lines of each step. */
export function sourceMap(dockerfile: Dockerfile, steps: readonly BuildStep[]): object {
  const data = Buffer.from(dockerfile.source.text).toString('base64');
  const locations = steps.flatMap(({ id, vertex }) => {
    const range = vertex?.step.range;
    if (range === undefined) return [];
    const ranges = [{ start: { line: range.start.line }, end: { line: range.end.line } }];
    return [[id, { locations: [{ ranges }] }] as const];
  });
  return {
    locations: Object.fromEntries(locations),
    infos: [{ filename: dockerfileName(dockerfile), language: 'Dockerfile', data }],
  };
}

import type { Dockerfile } from '@tsbuild/dockerfile';
import type { BuildStep } from './build-steps.ts';

/** The Dockerfile, and the lines of each step. */
export function sourceMap({ source }: Dockerfile, steps: readonly BuildStep[]): object {
  const locations = steps.flatMap(({ id, vertex }) => {
    const range = vertex?.step.range;
    if (range === undefined) return [];
    const ranges = [{ start: { line: range.start.line }, end: { line: range.end.line } }];
    return [[id, { locations: [{ ranges }] }] as const];
  });
  return {
    locations: Object.fromEntries(locations),
    infos: [{ filename: source.name, language: 'Dockerfile', data: Buffer.from(source.text).toString('base64') }],
  };
}

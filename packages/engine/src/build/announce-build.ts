import { formatPlatform } from '@tsbuild/core';
import type { Reporter } from '../events.ts';
import type { LoweredBuild } from '../lower-build.ts';
import type { BuildOptions } from '../options.ts';
import { inputsOf } from '../solve/solver.ts';

/** Tells that a build begins, and of every step that it may take. */
export function announceBuild(
  { dockerfile, images, vertices }: LoweredBuild,
  { target = '' }: BuildOptions,
  reporter: Reporter,
): void {
  reporter.emit({
    type: 'build-started',
    build: reporter.build,
    target,
    platform: images
      .map(({ lowerWith, lowered }) =>
        formatPlatform(images.length > 1 ? lowerWith.platforms.target : lowered.platform),
      )
      .join(','),
    dockerfile: dockerfile.source.name,
    source: dockerfile.source.text,
  });
  for (const vertex of vertices) {
    const parent = 'parent' in vertex && vertex.parent !== undefined ? [vertex.parent] : [];
    reporter.define(
      vertex.step,
      [...parent, ...inputsOf(vertex)].map(({ step }) => step),
    );
  }
}

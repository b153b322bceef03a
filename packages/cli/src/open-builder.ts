import type { Builder, BuilderOptions } from '@tsbuild/engine';

/** Loads the engine, which no help text and no usage error needs, and opens its builder. */
export async function openBuilder(options: BuilderOptions): Promise<Builder> {
  const { createBuilder } = await import('@tsbuild/engine');
  return createBuilder(options);
}

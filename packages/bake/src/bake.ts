import type { BuildEvent } from '@tsbuild/core';
import { UsageError } from '@tsbuild/core';
import {
  type BuildContext,
  type Builder,
  type BuilderOptions,
  type BuildOptions,
  type BuildResult,
  createBuilder,
} from '@tsbuild/engine';
import { findLinks, inOrder, type Links } from './definition/links.ts';
import { runInOrder } from './run-in-order.ts';

/** One image of several. A named context may also be `target:NAME`, the image of another target. */
export type BakeBuild = Omit<BuildOptions, 'signal' | 'onEvent'>;

/** What {@link bake} builds, and the builder that it builds with. */
export interface BakeOptions extends BuilderOptions {
  readonly targets: Readonly<Record<string, BakeBuild>>;
  /** Targets to build, besides those that they need. @default all */
  readonly only?: readonly string[];
  /** Builds with this builder and its store, instead of one of its own. */
  readonly builder?: Builder;
  /** Called with every event of every target, in order; what it returns means what it does for {@link BuildOptions.onEvent}. */
  readonly onEvent?:
    | ((target: string, event: BuildEvent) => Promise<void>)
    | ((target: string, event: BuildEvent) => void);
  readonly signal?: AbortSignal;
}

/**
 * Builds several images at once, in one store and under one limit: what they have in common is done once. When one fails
 * the others are cancelled, and the failure is thrown when they have ended.
 * @returns the result of every target that was built, by name
 * @throws {UsageError} @throws {BakeFileError} when a context names no target, or targets need each other
 * @throws what `build()` throws
 * @example
 * const { web } = await bake({
 *   targets: {
 *     base: { context: './base' },
 *     web: { context: './web', buildContexts: { base: 'target:base' }, tags: ['web:dev'] },
 *   },
 *   only: ['web'],
 * });
 */
export async function bake(options: BakeOptions): Promise<Readonly<Record<string, BuildResult>>> {
  const { targets, only = Object.keys(targets), builder } = options;
  const unknown = only.find((name) => !Object.hasOwn(targets, name));
  if (unknown !== undefined) {
    throw new UsageError(`no target ${JSON.stringify(unknown)}`, {
      hint: `there are ${Object.keys(targets).join(', ')}`,
    });
  }
  if (builder !== undefined) return bakeWith(builder, only, options);
  await using own = await createBuilder(options);
  return await bakeWith(own, only, options);
}

async function bakeWith(
  builder: Builder,
  only: readonly string[],
  { targets, onEvent, signal }: BakeOptions,
): Promise<Readonly<Record<string, BuildResult>>> {
  const builds = new Map(Object.entries(targets));
  const links = findLinks(new Map([...builds].map(([name, { buildContexts = {} }]) => [name, buildContexts])));
  const order = inOrder(only, links);
  const bases = new Set(order.flatMap((name) => [...(links.get(name)?.values() ?? [])]));
  const results = await runInOrder(
    new Map(order.map((name) => [name, [...(links.get(name)?.values() ?? [])]])),
    async (name, finished: ReadonlyMap<string, BuildResult>, cancel) => {
      const options = linked(name, builds.get(name) ?? { context: '.' }, links, finished, builder);
      return builder.build({
        ...(bases.has(name) ? keptInStore(options) : options),
        onEvent: (event) => onEvent?.(name, event),
        signal: cancel,
      });
    },
    signal,
  );
  return Object.fromEntries(results);
}

/** The store is an OCI layout: images of other targets are taken from there. */
function linked(
  name: string,
  options: BakeBuild,
  links: Links,
  finished: ReadonlyMap<string, BuildResult>,
  { root }: Builder,
): BakeBuild {
  const images = [...(links.get(name) ?? [])].map(([context, target]): [string, BuildContext] => {
    const digest = finished.get(target)?.outputs.find(({ type }) => type === 'image')?.descriptor?.digest;
    if (digest === undefined) throw new Error(`target ${target} is in the store before ${name} begins`);
    return [context, `oci-layout://${root}@${digest}`];
  });
  return { ...options, buildContexts: { ...options.buildContexts, ...Object.fromEntries(images) } };
}

function keptInStore(options: BakeBuild): BakeBuild {
  const outputs = options.outputs ?? [];
  return outputs.some(({ type }) => type === 'image')
    ? options
    : { ...options, outputs: [...outputs, { type: 'image' }] };
}

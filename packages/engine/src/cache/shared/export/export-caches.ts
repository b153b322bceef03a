import type { BuildWarning } from '@tsbuild/core';
import type { StepInfo } from '../../../graph.ts';
import type { BuildOptions } from '../../../options.ts';
import type { Chain } from '../../../solve/chain.ts';
import type { MountExportContext } from '../mounts/export-mount.ts';
import { unsupportedCache } from '../open-sources.ts';
import type { SharedCache } from '../shared-cache.ts';
import type { CacheToOptions } from '../shared-options.ts';
import { collectContent } from './cache-content.ts';
import { explainedSteps } from './explained-steps.ts';

type Destination = Exclude<CacheToOptions, { type: 'inline' }>;

/** Writes what a build used and made to every shared cache that it names, after the image has gone where it goes. */
export async function exportCaches(
  { cacheTo = [] }: Pick<BuildOptions, 'cacheTo'>,
  image: Chain,
  shared: SharedCache,
  context: Omit<MountExportContext, 'step'>,
): Promise<readonly BuildWarning[]> {
  const warnings: BuildWarning[] = [];
  for (const [at, destination] of cacheTo.entries()) {
    if (destination.type === 'inline') continue;
    const warning = await exportCache(destination, at, { image, shared }, context);
    if (warning !== undefined) warnings.push(warning);
  }
  return warnings;
}

interface Exported {
  readonly image: Chain;
  readonly shared: SharedCache;
}

async function exportCache(
  destination: Destination,
  at: number,
  exported: Exported,
  outer: Omit<MountExportContext, 'step'>,
): Promise<BuildWarning | undefined> {
  const { reporter, signal } = outer;
  const step = exportStep(at, destination);
  reporter.define(step, []);
  reporter.start(step);
  try {
    await write(destination, exported, { ...outer, step });
    reporter.finish(step, 'ran');
    return undefined;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    reporter.finish(step, signal?.aborted === true ? 'cancelled' : 'failed', { error: message });
    if (destination.ignoreError !== true || signal?.aborted === true) throw error;
    const warning = { rule: 'CacheExport', message: `the cache was not exported: ${message}` };
    reporter.emit({ type: 'warning', warning });
    return warning;
  }
}

async function write(
  destination: Destination,
  { image, shared }: Exported,
  context: MountExportContext,
): Promise<void> {
  const mounts = await mountsOf(destination, shared, context);
  const collected = await collectContent(shared.used(), image, mounts, destination, context);
  const steps = destination.mode === 'max' ? await explainedSteps(collected.records, shared, context) : [];
  const content = { ...collected, steps };
  switch (destination.type) {
    case 'registry':
      return (await import('./to-registry.ts')).exportToRegistry(content, destination.ref, context);
    case 'local':
      return (await import('./to-folder.ts')).exportToFolder(
        content,
        destination.dest,
        destination.tag ?? 'latest',
        context,
      );
    case 'http':
      return (await import('./to-http.ts')).exportToHttp(content, destination, context);
    default:
      throw unsupportedCache('cacheTo', destination satisfies never);
  }
}

async function mountsOf({ mounts = [] }: Destination, shared: SharedCache, context: MountExportContext) {
  if (mounts.length === 0) return [];
  return (await import('../mounts/export-mount.ts')).exportMounts(mounts, shared, context);
}

const NAMES: Readonly<Record<Destination['type'], string>> = {
  registry: 'exporting cache to registry',
  local: 'exporting cache to client directory',
  http: 'exporting cache to server',
};

function exportStep(at: number, { type }: Destination): StepInfo {
  const name = NAMES[type];
  return { id: `export-cache-${at}`, name, label: name, range: undefined, lineages: [], noCache: false };
}

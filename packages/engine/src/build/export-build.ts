import { type BuildWarning, parseReference } from '@tsbuild/core';
import type { Attestations } from '../attest/attest.ts';
import type { Signer } from '../attest/sign/signer.ts';
import type { MountExportContext } from '../cache/shared/mounts/export-mount.ts';
import { checkOutputs } from '../export/check-outputs.ts';
import { exportAll } from '../export/export-all.ts';
import type { StepInfo } from '../graph.ts';
import type { AssembledImage } from '../image/assemble.ts';
import type { LoweredBuild } from '../lower-build.ts';
import type { BuildOptions, OutputOptions } from '../options.ts';
import type { OutputResult } from '../result.ts';
import type { Attempt } from './attempt.ts';

/** What is to leave a build. */
export interface ExportPlan {
  readonly outputs: readonly OutputOptions[];
  readonly sign: Signer | undefined;
}

/** Refuses, before anything is done, what could not be exported in the end. */
export async function planExport(options: BuildOptions): Promise<ExportPlan> {
  for (const tag of options.tags ?? []) parseReference(tag);
  const outputs = await checkOutputs(options, isAttested(options));
  if (options.sign === undefined) return { outputs, sign: undefined };
  const { openSigner } = await import('../attest/sign/signer.ts');
  return { outputs, sign: await openSigner(options.sign) };
}

/** The images of a build, as they were solved and as they leave. */
export interface BuiltImages {
  readonly solved: readonly AssembledImage[];
  readonly images: readonly AssembledImage[];
  readonly lowered: LoweredBuild;
  readonly startedOn: Date;
}

/** What has left. */
export interface Exported {
  readonly outputs: OutputResult[];
  readonly attested: Attestations | undefined;
  /** Of caches that could not be exported. */
  readonly warnings: readonly BuildWarning[];
}

/** Attests what was asked for, and hands images and caches to where they go. */
export async function exportBuild(
  built: BuiltImages,
  { outputs, sign }: ExportPlan,
  attempt: Attempt,
): Promise<Exported> {
  const { options, resources, reporter, cancel } = attempt;
  const { store, layers, registry, executor } = resources;
  const attested = await attest(built, attempt);
  const { attach, attestationsOf } = attested ?? {};
  const { tags = [] } = options;
  const context = { store, layers, registry, reporter, tags, signal: cancel.signal };
  const exportContext = { ...context, attach, attestationsOf, sign };
  const results = await exportAll(built.images, outputs, exportContext, lastSteps(built.lowered));
  // What the images have brought to a registry need not be sent again.
  const warnings = await exportShared(built.solved, attempt, { ...context, executor });
  return { outputs: results, attested, warnings };
}

async function attest(
  { images, lowered, startedOn }: BuiltImages,
  { options, resources: { layers }, reporter, cancel: { signal } }: Attempt,
): Promise<Attestations | undefined> {
  if (!isAttested(options)) return undefined;
  const { attestImages } = await import('../attest/attest.ts');
  return attestImages(images, lowered, options, { layers, reporter, startedOn, signal });
}

function isAttested({ provenance = false, sbom = false }: BuildOptions): boolean {
  return provenance !== false || sbom !== false;
}

/** The steps that the root file systems of the images are made by. */
function lastSteps({ images }: LoweredBuild): readonly StepInfo[] {
  return images.flatMap(({ lowered: { rootfs } }) => (rootfs === undefined ? [] : [rootfs.step]));
}

async function exportShared(
  images: readonly AssembledImage[],
  { options, resources: { shared } }: Attempt,
  context: Omit<MountExportContext, 'step'>,
): Promise<readonly BuildWarning[]> {
  if ((options.cacheTo ?? []).length === 0) return [];
  const { exportCaches } = await import('../cache/shared/export/export-caches.ts');
  const chains = images.flatMap(({ chain }) => chain);
  return exportCaches(options, chains, shared, context);
}

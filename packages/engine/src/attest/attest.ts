import { randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import { type BuildWarning, formatPlatform, formatReference, parseReference } from '@tsbuild/core';
import type { Reporter } from '../events.ts';
import type { AttestationsOf } from '../export/export-context.ts';
import type { Attach } from '../export/export-set.ts';
import type { StepInfo } from '../graph.ts';
import type { AssembledImage } from '../image/assemble.ts';
import type { LoweredBuild, LoweredPlatform } from '../lower-build.ts';
import type { BuildOptions } from '../options.ts';
import type { Layers } from '../solve/layers.ts';
import { isRemotePlace } from '../source/remote-place.ts';
import { type Attestation, askedFor } from './attest-options.ts';
import { attestationManifest } from './attestation-manifest.ts';

/** What is stated of the images of a build. */
export interface Attestations {
  readonly byPlatform: Readonly<Record<string, readonly Attestation[]>>;
  /** Files of the images that could not be read. */
  readonly warnings: readonly BuildWarning[];
  /** Makes the manifests that go into an output beside the images. */
  readonly attach: Attach;
  readonly attestationsOf: AttestationsOf;
}

export interface AttestContext {
  readonly layers: Layers;
  readonly reporter: Reporter;
  readonly startedOn: Date;
  readonly signal: AbortSignal;
}

const STEP: StepInfo = {
  id: 'attest',
  name: 'making attestations',
  label: 'making attestations',
  range: undefined,
  lineages: [],
  noCache: false,
};

/** Makes the attestations that were asked for, of each image; `images` are in the order of the build's platforms. */
export async function attestImages(
  images: readonly AssembledImage[],
  lowered: LoweredBuild,
  options: BuildOptions,
  context: AttestContext,
): Promise<Attestations> {
  const { reporter } = context;
  reporter.define(STEP, []);
  reporter.start(STEP);
  try {
    const made = await makeAll(images, lowered, options, context);
    reporter.finish(STEP, 'ran');
    return made;
  } catch (error) {
    reporter.finish(STEP, 'failed', { error: error instanceof Error ? error.message : String(error) });
    throw error;
  }
}

async function makeAll(
  images: readonly AssembledImage[],
  lowered: LoweredBuild,
  options: BuildOptions,
  context: AttestContext,
): Promise<Attestations> {
  const provenance = await provenanceMaker(lowered, context);
  const made = new Map<AssembledImage, readonly Attestation[]>();
  const warnings: BuildWarning[] = [];
  for (const [at, image] of images.entries()) {
    const platform = lowered.images[at];
    if (platform === undefined) throw new Error('an image for each platform');
    const sbom = await makeSbom(image, options, context);
    made.set(image, [...(sbom?.attestations ?? []), ...provenance(platform)]);
    warnings.push(...(sbom?.warnings ?? []));
  }
  for (const warning of warnings) context.reporter.emit({ type: 'warning', warning });
  return {
    byPlatform: Object.fromEntries([...made].map(([image, list]) => [formatPlatform(image.platform), list])),
    warnings,
    attestationsOf: (image) => made.get(image) ?? [],
    attach: (exported, attachOptions) =>
      exported.map((image) => attestationManifest(image, made.get(image.image) ?? [], attachOptions)),
  };
}

type MakeProvenance = (platform: LoweredPlatform) => readonly Attestation[];

/** All images of one build have one invocation. */
async function provenanceMaker(
  { options, dockerfile, fetched }: LoweredBuild,
  { startedOn, signal }: AttestContext,
): Promise<MakeProvenance> {
  const asked = askedFor(options.provenance);
  if (asked === undefined) return () => [];
  const { PROVENANCE_PREDICATE_TYPE, provenancePredicate } = await import('./provenance/predicate.ts');
  const shared = {
    options,
    dockerfile,
    fetched: fetched.list(),
    vcs: await contextVcs(options, signal),
    invocationId: newInvocationId(),
    startedOn,
    finishedOn: new Date(),
  };
  return ({ lowered: { vertices, rootfs }, bases }) => {
    const facts = { ...shared, vertices, rootfs, bases: [...bases.values()] };
    return [{ predicateType: PROVENANCE_PREDICATE_TYPE, predicate: provenancePredicate(facts, asked) }];
  };
}

async function contextVcs({ context }: BuildOptions, signal: AbortSignal) {
  const isFolder = typeof context === 'string' && !isRemotePlace(context);
  return isFolder ? (await import('./provenance/vcs.ts')).folderVcs(resolve(context), signal) : undefined;
}

/** 25 letters and digits, as in BuildKit. */
function newInvocationId(): string {
  return BigInt(`0x${randomBytes(16).toString('hex')}`)
    .toString(36)
    .padStart(25, '0');
}

async function makeSbom(
  image: AssembledImage,
  { sbom, tags = [] }: BuildOptions,
  { layers, signal }: AttestContext,
): Promise<{ attestations: readonly Attestation[]; warnings: readonly BuildWarning[] } | undefined> {
  const asked = askedFor(sbom);
  if (asked === undefined) return undefined;
  const { sbomOf } = await import('./sbom/sbom.ts');
  const { digest: id } = image.configDescriptor;
  const name = tags[0] === undefined ? id : formatReference(parseReference(tags[0]));
  const subject = { name, id, created: image.config.created ?? '' };
  const { notes, ...attestation } = await sbomOf(
    await layers.tree(image.chain, signal),
    asked.format ?? 'spdx',
    subject,
    signal,
  );
  return { attestations: [attestation], warnings: notes.map((message) => ({ rule: 'SbomSource', message })) };
}

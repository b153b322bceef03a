import type { HistoryEntry } from '@tsbuild/core';
import type { Builder, BuildRecord, BuiltImage, OutputResult, RecordedStep } from '@tsbuild/engine';
import type { ReportBuild, ReportImage, ReportStep } from '@tsbuild/report';
import { describeReason } from '../progress/reason.ts';

/** The end of a step's output that a report holds. */
const MAX_LOG_BYTES = 256 * 1024;

/** What a report tells of a build: its record, its logs, and its images as far as they are at hand. */
export async function reportBuild(
  record: BuildRecord,
  builder: Builder,
  {
    images,
    outputs,
  }: { readonly images: Readonly<Record<string, BuiltImage>>; readonly outputs: readonly OutputResult[] },
): Promise<ReportBuild> {
  const { dockerfile, source, ...about } = record;
  const steps: ReportStep[] = [];
  for (const step of record.steps) steps.push({ ...reportStep(step), ...(await logOf(record, step, builder)) });
  const reported = Object.entries(images).map(([platform, image]) => reportImage(platform, image));
  return {
    ...about,
    title: about.name === '' ? dockerfile : about.name,
    ...(source === '' ? {} : { dockerfile: { name: dockerfile, text: source } }),
    steps,
    images: await Promise.all(reported),
    outputs: outputs.map(({ type, dest, descriptor }) => ({ type, dest, digest: descriptor?.digest ?? '' })),
  };
}

function reportStep({
  id,
  name,
  status,
  because,
  from,
  startMs,
  durationMs,
  inputs = [],
  line,
  error,
}: RecordedStep): ReportStep {
  return {
    id,
    name,
    inputs,
    ...(status === undefined ? {} : { status }),
    ...(because === undefined ? {} : { reason: describeReason(because) }),
    ...(from === undefined ? {} : { reason: `from ${from}` }),
    ...(startMs === undefined ? {} : { startMs }),
    ...(durationMs === undefined ? {} : { durationMs }),
    ...(line === undefined ? {} : { line }),
    ...(error === undefined ? {} : { error }),
  };
}

async function logOf(
  record: BuildRecord,
  { id, logBytes = 0 }: RecordedStep,
  { builds }: Builder,
): Promise<Pick<ReportStep, 'log' | 'logBytesLeftOut'>> {
  if (logBytes === 0) return {};
  const chunks: Uint8Array[] = [];
  let skip = Math.max(0, logBytes - MAX_LOG_BYTES);
  const logBytesLeftOut = skip;
  for await (const bytes of builds.log(record, id)) {
    if (skip < bytes.byteLength) chunks.push(bytes.subarray(skip));
    skip = Math.max(0, skip - bytes.byteLength);
  }
  return { log: Buffer.concat(chunks).toString(), logBytesLeftOut };
}

async function reportImage(platform: string, image: BuiltImage): Promise<ReportImage> {
  const made = (image.config.history ?? []).filter(({ empty_layer }: HistoryEntry) => empty_layer !== true);
  const layers = (await image.layers()).map((layer, at) => {
    const { diffId, size, hidden } = layer;
    return { diffId, size, hidden, createdBy: made[at]?.created_by ?? '', entries: layer.entries() };
  });
  return { platform, id: image.id, config: image.config, layers };
}

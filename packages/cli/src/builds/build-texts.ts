import { namesInstruction } from '@tsbuild/core';
import type { BuildRecord, BuildRecords } from '@tsbuild/engine';
import type { OutputStream } from '../command.ts';
import { formatAge, formatSeconds } from '../progress/duration.ts';
import { describeReason } from '../progress/reason.ts';
import { lineOf } from '../progress/step-event.ts';
import { table } from '../table.ts';

type Step = BuildRecord['steps'][number];

export function buildsTable(records: readonly BuildRecord[], now: number): string {
  const rows = records.map(({ id, name, status, startedAt, durationMs, steps }) => {
    const instructions = steps.filter((step) => namesInstruction(step.name));
    const count = (wanted: Step['status']) => instructions.filter((step) => step.status === wanted).length;
    const told = `${count('cached')} cached, ${count('ran')} ran`;
    return [id, name, status, `${formatAge(now - startedAt)} ago`, formatSeconds(durationMs), told];
  });
  return table([['BUILD', 'NAME', 'STATUS', 'STARTED', 'DURATION', 'STEPS'], ...rows]);
}

export function describeBuild(record: BuildRecord): string {
  const { id, name, status, startedAt, durationMs, dockerfile, target, platform, error, steps } = record;
  const facts = [
    ['Build', id],
    ['Name', name],
    ['Status', status],
    ['Started', new Date(startedAt).toISOString()],
    ['Duration', formatSeconds(durationMs)],
    ['Dockerfile', dockerfile],
    ['Target', target],
    ['Platform', platform],
    ['Error', lineOf(error ?? '')],
  ].filter(([, value]) => value !== '');
  const rows = steps.map((step, at) => [
    String(at + 1),
    step.status ?? 'not begun',
    step.durationMs === undefined ? '' : formatSeconds(step.durationMs),
    lineOf(step.name),
    step.because === undefined ? fromWhere(step) : describeReason(step.because),
  ]);
  return `${table(facts)}\n${table([['STEP', 'STATUS', 'DURATION', 'NAME', 'BECAUSE'], ...rows])}`;
}

function fromWhere({ from }: BuildRecord['steps'][number]): string {
  return from === undefined ? '' : `from ${from}`;
}

/** Writes the output of one step as it was, or of all steps below their names. Waits for a slow reader. */
export async function writeLogs(
  builds: BuildRecords,
  record: BuildRecord,
  only: Step | undefined,
  stream: OutputStream,
): Promise<void> {
  const steps = only === undefined ? record.steps.filter(({ logBytes }) => logBytes !== undefined) : [only];
  for (const step of steps) {
    if (only === undefined) await write(stream, Buffer.from(`${lineOf(step.name)}\n`));
    for await (const bytes of builds.log(record, step.id)) await write(stream, bytes);
  }
}

function write(stream: OutputStream, bytes: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.write(bytes, (error) => (error == null ? resolve() : reject(error)));
  });
}

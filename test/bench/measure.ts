import type { Contender } from './contenders/contender.ts';
import { timed } from './statistics.ts';
import type { Phase, PreparedWorkload } from './workloads/workload.ts';

/** Milliseconds of every round, by contender; a contender that failed once has the message instead. */
export type Timings = ReadonlyMap<string, readonly number[] | string>;

export interface PhaseResult {
  readonly phase: string;
  readonly timings: Timings;
}

export interface MeasureOptions {
  readonly rounds: number;
  /** `host:port/name:tag` that images are pushed to. */
  readonly image: string;
  /** Where archives are written. */
  readonly archive: string;
  readonly onRound?: (text: string) => void;
}

/**
 * Runs the phases `rounds` times. In every phase the contenders take turns on the same context, each round in another
 * order, so that what else the machine does hits all alike.
 */
export async function measure(
  workload: PreparedWorkload,
  contenders: readonly Contender[],
  options: MeasureOptions,
): Promise<PhaseResult[]> {
  const results = new Map<string, Map<string, number[] | string>>();
  for (let round = 0; round < options.rounds; round += 1) {
    for (const phase of workload.phases) {
      await phase.change?.(round);
      const timings = results.get(phase.name) ?? new Map<string, number[] | string>();
      results.set(phase.name, timings);
      for (const contender of rotate(contenders, round)) {
        const earlier = timings.get(contender.name) ?? [];
        if (typeof earlier === 'string') continue;
        const result = await measureOnce(workload, phase, contender, options);
        options.onRound?.(`${phase.name}, round ${round + 1}, ${contender.name}: ${describe(result)}`);
        timings.set(contender.name, typeof result === 'string' ? result : [...earlier, result]);
      }
    }
  }
  return [...results].map(([phase, timings]) => ({ phase, timings }));
}

async function measureOnce(
  workload: PreparedWorkload,
  phase: Phase,
  contender: Contender,
  { image, archive }: MeasureOptions,
): Promise<number | string> {
  const { context, dockerfile, buildArgs } = workload;
  const output = phase.output === 'archive' ? { kind: phase.output, dest: archive } : { kind: phase.output };
  const name = `${image}-${contender.name}`;
  try {
    if (phase.isCold) await contender.reset();
    return await timed(() => contender.build({ context, dockerfile, buildArgs, image: name, output }));
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function rotate<T>(items: readonly T[], by: number): T[] {
  const at = items.length === 0 ? 0 : by % items.length;
  return [...items.slice(at), ...items.slice(0, at)];
}

function describe(result: number | string): string {
  return typeof result === 'number' ? `${Math.round(result)} ms` : `failed: ${result}`;
}

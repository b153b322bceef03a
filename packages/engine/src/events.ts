import type { BuildEvent, BuildEventBody, RunReason, StepStatus } from '@tsbuild/core';
import type { StepInfo, Vertex } from './graph.ts';
import type { StepResult } from './result.ts';

export interface FinishDetails {
  readonly because?: RunReason;
  readonly error?: string;
  /** Shared cache that a cached step comes from. */
  readonly from?: string;
}

/** Tells of a build as it goes, and keeps what became of each step. */
export interface Reporter {
  /** Id of the build's record; empty where none is kept. */
  readonly build: string;
  emit(event: BuildEventBody): void;
  define(step: StepInfo, inputs: readonly StepInfo[]): void;
  start(step: StepInfo): void;
  /** Resolves when whoever listens is ready for more. */
  log(step: StepInfo, stream: 'stdout' | 'stderr', bytes: Uint8Array): Promise<void> | void;
  progress(step: StepInfo, item: string, current: number, total: number | undefined): void;
  /** The first outcome of a step that was started is the one that counts. */
  finish(step: StepInfo, status: StepStatus, details?: FinishDetails): void;
  /** Outcomes of steps that can run, in the order of `vertices`. */
  results(vertices: readonly Vertex[]): StepResult[];
}

/** Progress of one item is told this often, and when it is done. */
const PROGRESS_MS = 500;

export function createReporter(
  onEvent: ((event: BuildEvent) => Promise<void> | void) | undefined,
  build = '',
): Reporter {
  const started = new Map<string, number>();
  const told = new Map<string, number>();
  const outcomes = new Map<string, Omit<StepResult, 'name' | 'label'>>();
  const emit = (body: BuildEventBody) => onEvent?.({ v: 1, time: Date.now(), ...body });
  return {
    build,
    emit,
    define({ id, label, range }, inputs) {
      emit({
        type: 'step-defined',
        step: id,
        name: label,
        inputs: inputs.map((input) => input.id),
        ...(range === undefined ? {} : { range }),
      });
    },
    start({ id }) {
      started.set(id, now());
      outcomes.delete(id);
      emit({ type: 'step-started', step: id });
    },
    log({ id }, stream, bytes) {
      return emit({ type: 'step-log', step: id, stream, bytes });
    },
    progress({ id }, item, current, total) {
      const isDone = current === total;
      if (!isDone && now() - (told.get(item) ?? 0) < PROGRESS_MS) return;
      told.set(item, now());
      emit({ type: 'step-progress', step: id, item, current, isDone, ...(total === undefined ? {} : { total }) });
    },
    finish({ id }, status, details = {}) {
      if (outcomes.has(id)) return;
      const durationMs = now() - (started.get(id) ?? now());
      const { because, from } = details;
      outcomes.set(id, {
        status,
        durationMs,
        ...(because === undefined ? {} : { because }),
        ...(from === undefined ? {} : { from }),
      });
      emit({ type: 'step-finished', step: id, status, ...details });
    },
    results(vertices) {
      return vertices.flatMap(({ op, step }) => {
        const outcome = outcomes.get(step.id);
        return op === 'image' || outcome === undefined ? [] : [{ name: step.name, label: step.label, ...outcome }];
      });
    },
  };
}

/** Monotonic milliseconds. (The global `performance` loads modules that a quick build has no other use for.) */
function now(): number {
  return Number(process.hrtime.bigint() / 1000n) / 1000;
}

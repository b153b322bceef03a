import { type BuildEvent, namesInstruction, type StepId } from '@tsbuild/core';
import { formatSeconds } from './duration.ts';
import { describeReason } from './reason.ts';
import { isStepEvent, lineOf, type StepEvent } from './step-event.ts';

/** The end of a build in a line or two. */
export interface BuildSummary {
  onEvent(event: BuildEvent): void;
  /** Empty when there was no step. */
  text(): string;
  /** A line for each step that was stopped because the build was; empty when there is none. */
  stopped(): string;
}

type Ending = 'succeeded' | 'failed' | 'cancelled';

/** Counts what was cached and what ran, in however many builds there are, and keeps why the first step ran. */
export function createBuildSummary(): BuildSummary {
  const names = new Map<StepId, string>();
  const endings = new Set<Ending>();
  const stopped: string[] = [];
  const count = { cached: 0, ran: 0 };
  let first = '';
  let [startedAt, endedAt] = [Number.POSITIVE_INFINITY, 0];

  function takeStep(event: StepEvent): void {
    const name = names.get(event.step) ?? '';
    if (event.type === 'step-defined') names.set(event.step, lineOf(event.name));
    if (event.type !== 'step-finished') return;
    if (event.status === 'failed') endings.add('failed');
    if (event.status === 'cancelled') {
      endings.add('cancelled');
      stopped.push(name);
    }
    if (!namesInstruction(name) || (event.status !== 'ran' && event.status !== 'cached')) return;
    count[event.status] += 1;
    if (event.because !== undefined && first === '') first = `${name}: ${describeReason(event.because)}`;
  }

  function headline(): string {
    const time = formatSeconds(endedAt - startedAt);
    if (endings.has('failed')) return `Failed after ${time}`;
    if (endings.has('cancelled')) return `Stopped after ${time}`;
    return `Built in ${time}`;
  }

  return {
    onEvent(event) {
      startedAt = Math.min(startedAt, event.time);
      endedAt = event.time;
      if (isStepEvent(event)) takeStep(event);
      else if (event.type === 'build-finished') endings.add(event.status);
    },
    text() {
      if (names.size === 0) return '';
      const reason = first === '' ? '' : `    first ran ${first}\n`;
      return `[+] ${headline()}: ${amounts(count)}\n${reason}`;
    },
    stopped: () => (endings.has('failed') ? '' : stopped.map((name) => `stopped ${name}\n`).join('')),
  };
}

function amounts({ cached, ran }: { readonly cached: number; readonly ran: number }): string {
  const steps = cached === 1 ? 'step' : 'steps';
  return `${cached === 0 ? 'no' : cached} ${steps} cached, ${ran === 0 ? 'none' : ran} ran`;
}

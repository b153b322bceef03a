import type { BuildEvent, StepId } from '@tsbuild/core';

/** An event that tells of one step. */
export type StepEvent = Extract<BuildEvent, { readonly step: StepId }>;

export function isStepEvent(event: BuildEvent): event is StepEvent {
  return 'step' in event;
}

/** A step's name on one line. */
export function lineOf(name: string): string {
  return name.replace(/\s*[\r\n]+\s*/g, ' ');
}

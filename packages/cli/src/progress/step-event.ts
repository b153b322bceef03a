import type { BuildEvent, StepId } from '@tsbuild/core';
import { visible } from '../visible.ts';

/** An event that tells of one step. */
export type StepEvent = Extract<BuildEvent, { readonly step: StepId }>;

export function isStepEvent(event: BuildEvent): event is StepEvent {
  return 'step' in event;
}

/** A step's name, or any text about it, on one line and without anything that could steer a terminal. */
export function lineOf(name: string): string {
  return visible(name.replace(/\s*[\r\n]+\s*/g, ' ').replaceAll('\t', ' '));
}

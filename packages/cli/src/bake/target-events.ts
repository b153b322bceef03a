import type { BuildEvent } from '@tsbuild/core';

type EventListener = (event: BuildEvent) => Promise<void> | void;

/**
 * The events of one target of several, for a view that shows them all: step ids are the target's own, and names say
 * whose step it is, as in `[web build 2/5] RUN npm ci`.
 */
export function targetEvents(target: string, onEvent: EventListener): EventListener {
  const own = (step: string) => `${target}\0${step}`;
  return (event) => {
    if (!('step' in event)) return onEvent(event);
    if (event.type !== 'step-defined') return onEvent({ ...event, step: own(event.step) });
    return onEvent({
      ...event,
      step: own(event.step),
      name: ownName(target, event.name),
      inputs: event.inputs.map(own),
    });
  };
}

function ownName(target: string, name: string): string {
  return name.startsWith('[') ? `[${target} ${name.slice(1)}` : `[${target}] ${name}`;
}

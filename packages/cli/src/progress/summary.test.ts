import type { BuildEvent, BuildEventBody } from '@tsbuild/core';
import { expect, test } from 'vitest';
import { createBuildSummary } from './summary.ts';

function summaryOf(...bodies: readonly BuildEventBody[]): string {
  const summary = createBuildSummary();
  bodies.forEach((body, at) => {
    summary.onEvent({ v: 1, time: 1_000 * at, ...body } as BuildEvent);
  });
  return summary.text();
}

const defined = (step: string, name: string) => ({ type: 'step-defined', step, name, inputs: [] }) as const;
const cached = (step: string) => ({ type: 'step-finished', step, status: 'cached' }) as const;
const ran = (step: string, variable: string) =>
  ({
    type: 'step-finished',
    step,
    status: 'ran',
    because: { kind: 'variable-changed', name: variable },
  }) as const;

test('cached and run steps are counted, and the first that ran says why', () => {
  expect(
    summaryOf(
      defined('a', '[base 1/2] FROM app'),
      cached('a'),
      defined('b', '[web base 2/2] RUN b'),
      ran('b', 'X'),
      defined('c', '[2/2] RUN c'),
      ran('c', 'Y'),
      defined('d', 'exporting to image store'),
      { type: 'step-finished', step: 'd', status: 'ran' },
      { type: 'build-finished', status: 'succeeded' },
    ),
  ).toBe('[+] Built in 8.0s: no steps cached, 2 ran\n    first ran [web base 2/2] RUN b: variable X changed\n');
});

test('a build of cached steps says that none ran', () => {
  expect(summaryOf(defined('a', '[1/2] A'), cached('a'), defined('b', '[2/2] B'), cached('b'))).toBe(
    '[+] Built in 3.0s: 2 steps cached, none ran\n',
  );
});

test('what was stopped is named, unless it was because of a failure', () => {
  const summary = createBuildSummary();
  const take = (body: BuildEventBody) => summary.onEvent({ v: 1, time: 0, ...body } as BuildEvent);
  take(defined('a', '[1/2] RUN sleep 1'));
  take(defined('b', '[1/1] RUN false'));
  take({ type: 'step-finished', step: 'a', status: 'cancelled' });
  expect(summary.stopped()).toBe('stopped [1/2] RUN sleep 1\n');
  take({ type: 'step-finished', step: 'b', status: 'failed' });
  expect(summary.stopped()).toBe('');
});

test('a build that was stopped says so', () => {
  expect(
    summaryOf(
      defined('a', '[1/2] RUN sleep 1'),
      { type: 'step-started', step: 'a' },
      { type: 'step-finished', step: 'a', status: 'cancelled' },
    ),
  ).toBe('[+] Stopped after 2.0s: no steps cached, none ran\n');
});

test('a build that failed is that, whatever was stopped with it; one without steps says nothing', () => {
  expect(
    summaryOf(
      defined('a', '[1/1] RUN false'),
      defined('b', '[1/1] RUN sleep 1'),
      { type: 'step-finished', step: 'a', status: 'failed' },
      { type: 'step-finished', step: 'b', status: 'cancelled' },
    ),
  ).toBe('[+] Failed after 3.0s: no steps cached, none ran\n');
  expect(summaryOf({ type: 'build-finished', status: 'failed' })).toBe('');
});

import type { BuildEvent, BuildEventBody } from '@tsbuild/core';
import { expect, test } from 'vitest';
import { createPlainProgress } from './plain.ts';

/** Events with the milliseconds at which they happen. */
function show(...events: readonly (readonly [number, BuildEventBody])[]): string {
  return showBytes(...events).toString('utf8');
}

function showBytes(...events: readonly (readonly [number, BuildEventBody])[]): Buffer {
  const written: Buffer[] = [];
  const view = createPlainProgress((data) => written.push(Buffer.from(data)));
  for (const [time, body] of events) view.onEvent({ v: 1, time, ...body } as BuildEvent);
  view.close();
  return Buffer.concat(written);
}

function defined(step: string, name: string): BuildEventBody {
  return { type: 'step-defined', step, name, inputs: [] };
}

function started(step: string): BuildEventBody {
  return { type: 'step-started', step };
}

function log(step: string, text: string | Uint8Array): BuildEventBody {
  return { type: 'step-log', step, stream: 'stdout', bytes: Buffer.from(text) };
}

function ran(step: string): BuildEventBody {
  return { type: 'step-finished', step, status: 'ran' };
}

test('steps are shown as BuildKit shows them, with the reason of those that ran', () => {
  const text = show(
    [0, defined('a', '[build 1/3] FROM busybox')],
    [0, defined('b', '[build 2/3] COPY package.json .')],
    [0, defined('c', '[build 3/3] RUN npm ci')],
    [1, started('a')],
    [2, ran('a')],
    [3, { type: 'step-finished', step: 'b', status: 'cached' }],
    [1_000, started('c')],
    [1_312, log('c', 'added 12 packages\nfound 0 ')],
    [2_000, log('c', 'vulnerabilities\n')],
    [
      2_200,
      {
        type: 'step-finished',
        step: 'c',
        status: 'ran',
        because: { kind: 'input-changed', input: 'context', changed: ['package.json'], more: 0 },
      },
    ],
  );
  expect(text).toBe(`#1 [build 1/3] FROM busybox
#1 DONE 0.0s

#2 [build 2/3] COPY package.json .
#2 CACHED

#3 [build 3/3] RUN npm ci
#3 0.312 added 12 packages
#3 0.312 found 0 vulnerabilities
#3 ran: package.json changed
#3 DONE 1.2s
`);
});

test('a failure names its error, and steps that were given up are canceled if they had begun', () => {
  const text = show(
    [0, defined('a', '[1/3] RUN false')],
    [0, defined('b', '[2/3] RUN sleep 9')],
    [0, defined('c', '[3/3] RUN never')],
    [0, started('a')],
    [0, started('b')],
    [100, { type: 'step-finished', step: 'a', status: 'failed', error: 'exit code: 1' }],
    [200, { type: 'step-finished', step: 'b', status: 'cancelled' }],
    [200, { type: 'step-finished', step: 'c', status: 'cancelled' }],
  );
  expect(text).toBe(`#1 [1/3] RUN false
#1 ERROR: exit code: 1

#2 [2/3] RUN sleep 9
#2 CANCELED
`);
});

test('one step keeps the floor; the others follow when it ends', () => {
  const text = show(
    [0, defined('a', 'A')],
    [0, defined('b', 'B')],
    [0, started('a')],
    [0, started('b')],
    [100, log('b', 'b1\n')],
    [200, log('a', 'a1\n')],
    [300, log('b', 'b2\n')],
    [400, ran('a')],
    [500, log('b', 'b3\n')],
    [600, ran('b')],
  );
  expect(text).toBe(`#1 A
#1 0.200 a1
#1 DONE 0.4s

#2 B
#2 0.100 b1
#2 0.300 b2
#2 0.500 b3
#2 DONE 0.6s
`);
});

test('output waits no longer than five seconds, and a step that ends is told at once', () => {
  const text = show(
    [0, defined('a', 'A')],
    [0, defined('b', 'B')],
    [0, defined('c', 'C')],
    [0, started('a')],
    [0, started('b')],
    [0, started('c')],
    [10, log('a', 'a1 without end')],
    [100, log('b', 'b1\n')],
    [1_000, ran('c')],
    [5_200, log('b', 'b2\n')],
    [6_000, log('a', 'a2\n')],
    [7_000, ran('b')],
    [12_345, log('a', 'a3\n')],
    [123_456, log('a', 'a4\n')],
    [124_000, ran('a')],
  );
  expect(text).toBe(`#1 A
#1 0.010 a1 without end
#1 ...

#2 C
#2 DONE 1.0s

#3 B
#3 0.100 b1
#3 5.200 b2
#3 DONE 7.0s

#1 A
#1 6.000 a2
#1 12.35 a3
#1 123.5 a4
#1 DONE 124.0s
`);
});

test('a transfer is told at its start, at its end, and now and then between', () => {
  const blob = { type: 'step-progress', step: 'a', item: 'sha256:abc', total: 30_000_000 } as const;
  const text = show(
    [0, defined('a', 'FROM debian')],
    [0, started('a')],
    [0, { ...blob, current: 0, isDone: false }],
    [100, { ...blob, current: 1_000_000, isDone: false }],
    [300, { ...blob, current: 2_000_000, isDone: false }],
    [2_000, { ...blob, current: 30_000_000, isDone: true }],
    [2_000, { type: 'step-progress', step: 'a', item: 'unpacking', current: 0, isDone: true }],
    [2_000, ran('a')],
  );
  expect(text).toBe(`#1 FROM debian
#1 sha256:abc 0B / 30.00MB
#1 sha256:abc 2.00MB / 30.00MB 0.3s
#1 sha256:abc 30.00MB / 30.00MB 2.0s done
#1 unpacking done
#1 DONE 2.0s
`);
});

test('bytes that are not UTF-8 and control characters pass unharmed', () => {
  const bytes = Buffer.from([0xff, 0xfe, 0x1b, 0x5b, 0x31, 0x6d, 0x0d, 0xc3, 0x0a]);
  const shown = showBytes([0, defined('a', 'A')], [0, started('a')], [0, log('a', bytes)], [0, ran('a')]);
  expect(shown).toEqual(Buffer.concat([Buffer.from('#1 A\n#1 0.000 '), bytes, Buffer.from('#1 DONE 0.0s\n')]));
});

test('an open line is ended before anything else is said', () => {
  const text = show([0, defined('a', 'A')], [0, started('a')], [0, log('a', '100%')], [5, ran('a')]);
  expect(text).toBe('#1 A\n#1 0.000 100%\n#1 DONE 0.0s\n');
});

test('a name of several lines is shown on one', () => {
  expect(show([0, defined('a', 'RUN a\n  b')], [0, { type: 'step-finished', step: 'a', status: 'cached' }])).toBe(
    '#1 RUN a b\n#1 CACHED\n',
  );
});

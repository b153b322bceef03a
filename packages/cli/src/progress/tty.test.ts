import type { BuildEvent, BuildEventBody } from '@tsbuild/core';
import { expect, test } from 'vitest';
import { createTtyProgress } from './tty.ts';

function createScreen({ columns = 60, rows = 10, hasColor = false } = {}) {
  let written = '';
  const view = createTtyProgress(
    (data) => {
      written += String(data);
    },
    { size: () => ({ columns, rows }), hasColor },
  );
  return {
    send(time: number, body: BuildEventBody): void {
      view.onEvent({ v: 1, time, ...body } as BuildEvent);
    },
    /** What the next drawing writes. */
    drawn(now: number): string {
      written = '';
      view.tick(now);
      return written;
    },
    closed(): string {
      written = '';
      view.close();
      return written;
    },
  };
}

test('running steps are drawn anew over the last drawing, finished ones stay above', () => {
  const screen = createScreen();
  screen.send(0, { type: 'step-defined', step: 'a', name: '[1/2] COPY . .', inputs: [] });
  screen.send(0, { type: 'step-defined', step: 'b', name: '[2/2] RUN make', inputs: [] });
  screen.send(0, { type: 'step-finished', step: 'a', status: 'cached' });
  screen.send(0, { type: 'step-started', step: 'b' });
  screen.send(0, {
    type: 'step-log',
    step: 'b',
    stream: 'stdout',
    bytes: Buffer.from('\x1b[31mcc a.c\x1b[0m\n10%\r20%'),
  });
  expect(screen.drawn(1_500)).toBe(
    ` => CACHED [1/2] COPY . .
[+] Building 1.5s (1/2)
 => [2/2] RUN make                                      1.5s
 => => # cc a.c
 => => # 20%
`,
  );

  screen.send(2_000, {
    type: 'step-finished',
    step: 'b',
    status: 'ran',
    because: { kind: 'variable-changed', name: 'CC' },
  });
  expect(screen.closed()).toBe(`\x1b[4A\r\x1b[J => [2/2] RUN make                                      2.0s
 => => ran: variable CC changed
`);
});

test('lines are cut to the width of the terminal, wide characters counted twice', () => {
  const screen = createScreen({ columns: 16 });
  screen.send(0, { type: 'step-defined', step: 'a', name: 'RUN echo 漢字漢字', inputs: [] });
  screen.send(0, { type: 'step-started', step: 'a' });
  expect(screen.drawn(0)).toBe('[+] Building 0.…\n => RUN ec… 0.0s\n');
});

test('no more is drawn than the terminal has rows', () => {
  const screen = createScreen({ rows: 5 });
  for (const step of ['a', 'b', 'c', 'd', 'e', 'f']) {
    screen.send(0, { type: 'step-defined', step, name: step, inputs: [] });
    screen.send(0, { type: 'step-started', step });
    screen.send(0, { type: 'step-log', step, stream: 'stdout', bytes: Buffer.from('1\n2\n3\n') });
  }
  expect(screen.drawn(0)).toBe(
    '[+] Building 0.0s (0/6)\n => a                                                   0.0s\n => b                                                   0.0s\n => c                                                   0.0s\n',
  );
});

test('colours are used where they are wanted', () => {
  const screen = createScreen({ hasColor: true });
  screen.send(0, { type: 'step-defined', step: 'a', name: 'RUN false', inputs: [] });
  screen.send(0, { type: 'step-started', step: 'a' });
  screen.send(0, { type: 'step-finished', step: 'a', status: 'failed', error: 'exit code: 1' });
  expect(screen.closed()).toBe(
    '\x1b[31m => ERROR RUN false                                     0.0s\x1b[0m\n\x1b[31m => => exit code: 1\x1b[0m\n',
  );
});

import type { BuildEvent, BuildEventBody } from '@tsbuild/core';
import { expect, test } from 'vitest';
import { createTtyProgress } from './tty.ts';

const BEGIN = '\x1b[?25l\x1b[?7l';
const END = '\x1b[?7h\x1b[?25h';

function createScreen(size = { columns: 60, rows: 10 }, hasColor = false) {
  let written = '';
  let shape = size;
  const view = createTtyProgress(
    (data) => {
      written += String(data);
    },
    { size: () => shape, hasColor },
  );
  const taken = (act: () => void) => {
    written = '';
    act();
    return written;
  };
  return {
    send(time: number, body: BuildEventBody): void {
      view.onEvent({ v: 1, time, ...body } as BuildEvent);
    },
    start(time: number, step: string, name: string): void {
      this.send(time, { type: 'step-defined', step, name, inputs: [] });
      this.send(time, { type: 'step-started', step });
    },
    log(time: number, step: string, text: string | Uint8Array): void {
      this.send(time, { type: 'step-log', step, stream: 'stdout', bytes: Buffer.from(text) });
    },
    resize(columns: number, rows: number): void {
      shape = { columns, rows };
    },
    /** What the next drawing writes. */
    drawn: (now: number) => taken(() => view.tick(now)),
    closed: () => taken(() => view.close()),
  };
}

/** A first drawing: there is nothing to erase. */
const frame = (lines: readonly string[]) => `${BEGIN}${lines.map((line) => `${line}\n`).join('')}${END}`;

test('running steps are drawn anew over the last drawing, finished ones stay above', () => {
  const screen = createScreen();
  screen.send(0, { type: 'step-defined', step: 'a', name: '[1/2] COPY . .', inputs: [] });
  screen.send(0, { type: 'step-finished', step: 'a', status: 'cached' });
  screen.start(0, 'b', '[2/2] RUN make');
  screen.log(0, 'b', '\x1b[31mcc a.c\x1b[0m\n10%\r20%');
  expect(screen.drawn(1_500)).toBe(
    frame([
      ' => CACHED [1/2] COPY . .',
      '[+] Building 1.5s (1/2)',
      ' => [2/2] RUN make                                      1.5s',
      ' => => # cc a.c',
      ' => => # 20%',
    ]),
  );
  expect(screen.drawn(1_501)).toBe('');

  const because = { kind: 'variable-changed', name: 'CC' } as const;
  screen.send(2_000, { type: 'step-finished', step: 'b', status: 'ran', because });
  expect(screen.closed()).toBe(`${BEGIN}\x1b[4A\r\x1b[J => [2/2] RUN make                                      2.0s
 => => ran: variable CC changed
${END}`);
});

test('lines are cut to the width of the terminal, wide characters counted twice', () => {
  const screen = createScreen({ columns: 16, rows: 10 });
  screen.start(0, 'a', 'RUN echo 漢字漢字');
  expect(screen.drawn(0)).toBe(frame(['[+] Building 0.…', ' => RUN ec… 0.0s']));
});

test('a drawing that a narrower terminal has broken into more rows is erased whole', () => {
  const screen = createScreen({ columns: 20, rows: 10 });
  screen.start(0, 'a', 'RUN a');
  screen.drawn(0);
  screen.resize(10, 10);
  // '[+] Building 0.0s (0…' takes 2 rows of ten columns, ' => RUN a       0.0s' too.
  expect(screen.drawn(0)).toBe(`${BEGIN}\x1b[4A\r\x1b[J[+] Build…\n => … 0.0s\n${END}`);
});

test('no more is drawn than the terminal has rows, and the rest is counted', () => {
  const screen = createScreen({ columns: 30, rows: 5 });
  for (const step of ['a', 'b', 'c', 'd', 'e', 'f']) {
    screen.start(0, step, step);
    screen.log(0, step, '1\n2\n3\n');
  }
  const seconds = (name: string) => ` => ${name}                     0.0s`;
  const head = '[+] Building 0.0s (0/6)';
  expect(screen.drawn(0)).toBe(frame([head, seconds('a'), seconds('b'), ' => … 4 more']));
  screen.resize(30, 2);
  expect(screen.drawn(0)).toBe(`${BEGIN}\x1b[4A\r\x1b[J${head}\n${END}`);
});

test('steps of several stages stand below the names of their stages', () => {
  const screen = createScreen({ columns: 30, rows: 20 });
  screen.start(0, 'a', '[web build 2/3] RUN a');
  screen.start(0, 'b', '[test 1/3] RUN b');
  screen.start(0, 'c', '[web build 3/3] RUN c');
  expect(screen.drawn(0)).toBe(
    frame([
      '[+] Building 0.0s (0/3)',
      ' web build',
      '  => [2/3] RUN a          0.0s',
      '  => [3/3] RUN c          0.0s',
      ' test',
      '  => [1/3] RUN b          0.0s',
    ]),
  );
});

test('transfers show bytes and their share, and the share alone on a narrow screen', () => {
  const screen = createScreen({ columns: 60, rows: 10 });
  screen.start(0, 'a', 'FROM app');
  const transfer = { type: 'step-progress', step: 'a', isDone: false } as const;
  screen.send(0, { ...transfer, item: 'sha256:1', current: 512_000, total: 2_000_000 });
  screen.send(0, { ...transfer, item: 'sha256:2', current: 10 });
  expect(screen.drawn(0).split('\n').slice(2, -1)).toEqual([
    ' => => sha256:1                       512.00kB / 2.00MB  25%',
    ' => => sha256:2                                          10B',
  ]);
  screen.resize(30, 10);
  expect(screen.drawn(0).split('\n').slice(2, -1)).toEqual([
    ' => => sha256:1            25%',
    ' => => sha256:2            10B',
  ]);
});

test('neither output nor names can steer the terminal', () => {
  const screen = createScreen({ columns: 60, rows: 10 });
  screen.start(0, 'a', 'RUN \x1b[2J\x07\nx\u202e');
  screen.log(0, 'a', '\x1b]0;title\x07a\x1b[2Jb\x9bc\u202e\n');
  screen.log(0, 'a', '\x1b[');
  screen.send(0, { type: 'step-progress', step: 'a', item: '\x1b[H', current: 1, isDone: false });
  expect(screen.drawn(0).split('\n').slice(1, -1)).toEqual([
    ' => RUN \\x1b[2J\\x07 x\\u202e                             0.0s',
    ' => => \\x1b[H                                             1B',
    ' => => # ab\\u202e',
    ' => => # [',
  ]);
});

test('a character that comes in two pieces is one', () => {
  const screen = createScreen();
  screen.start(0, 'a', 'RUN a');
  screen.log(0, 'a', Buffer.from('字').subarray(0, 2));
  screen.log(0, 'a', Buffer.from('字').subarray(2));
  expect(screen.drawn(0)).toContain(' => => # 字\n');
});

test('what still runs when the view is closed was stopped', () => {
  const screen = createScreen({ columns: 40, rows: 10 });
  screen.start(0, 'a', '[1/1] RUN sleep 9');
  screen.drawn(3_000);
  expect(screen.closed()).toBe(`${BEGIN}\x1b[2A\r\x1b[J => CANCELED [1/1] RUN sleep 9      3.0s\n${END}`);
});

test('colours are used where they are wanted', () => {
  const screen = createScreen({ columns: 60, rows: 10 }, true);
  screen.start(0, 'a', 'RUN false');
  screen.send(0, { type: 'step-finished', step: 'a', status: 'failed', error: 'exit code: 1' });
  expect(screen.closed()).toBe(
    frame([
      '\x1b[31m => ERROR RUN false                                     0.0s\x1b[0m',
      '\x1b[31m => => exit code: 1\x1b[0m',
    ]),
  );
});

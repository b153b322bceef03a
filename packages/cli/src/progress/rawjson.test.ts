import type { BuildEvent, BuildEventBody } from '@tsbuild/core';
import { expect, test } from 'vitest';
import { createRawJsonProgress } from './rawjson.ts';

function show(...events: readonly (readonly [number, BuildEventBody])[]): unknown[] {
  const lines: string[] = [];
  const view = createRawJsonProgress((data) => lines.push(String(data)));
  for (const [time, body] of events) view.onEvent({ v: 1, time, ...body } as BuildEvent);
  expect(lines.every((line) => line.indexOf('\n') === line.length - 1)).toBe(true);
  return lines.map((line) => JSON.parse(line));
}

const A = 'sha256:ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb';
const B = 'sha256:3e23e8160039594a33894f6564e1b1348bbd7a0088d42c4acb73eeaed59c009d';

test("every event is a line of BuildKit's SolveStatus", () => {
  const lines = show(
    [
      0,
      { type: 'build-started', build: 'b', target: '', platform: 'linux/amd64', dockerfile: 'Dockerfile', source: '' },
    ],
    [0, { type: 'step-defined', step: 'b', name: '[2/2] RUN b', inputs: ['a'] }],
    [1_000, { type: 'step-started', step: 'b' }],
    [1_500, { type: 'step-log', step: 'b', stream: 'stderr', bytes: Uint8Array.of(0xff, 0x0a) }],
    [1_600, { type: 'step-progress', step: 'b', item: 'layer', current: 5, total: 10, isDone: false }],
    [1_700, { type: 'step-progress', step: 'b', item: 'layer', current: 10, total: 10, isDone: true }],
    [2_000, { type: 'step-finished', step: 'b', status: 'ran', because: { kind: 'never-built' } }],
  );
  const vertex = { digest: B, inputs: [A], name: '[2/2] RUN b' };
  expect(lines).toEqual([
    { vertexes: [vertex] },
    { vertexes: [{ ...vertex, started: '1970-01-01T00:00:01.000Z' }] },
    { logs: [{ vertex: B, stream: 2, data: '/wo=', timestamp: '1970-01-01T00:00:01.500Z' }] },
    {
      statuses: [
        {
          id: 'layer',
          vertex: B,
          total: 10,
          current: 5,
          timestamp: '1970-01-01T00:00:01.600Z',
          started: '1970-01-01T00:00:01.600Z',
        },
      ],
    },
    {
      statuses: [
        {
          id: 'layer',
          vertex: B,
          total: 10,
          current: 10,
          timestamp: '1970-01-01T00:00:01.700Z',
          started: '1970-01-01T00:00:01.600Z',
          completed: '1970-01-01T00:00:01.700Z',
        },
      ],
    },
    {
      vertexes: [
        {
          ...vertex,
          started: '1970-01-01T00:00:01.000Z',
          completed: '1970-01-01T00:00:02.000Z',
          'tsbuild.because': { kind: 'never-built' },
        },
      ],
    },
  ]);
});

test('cached, failed and cancelled vertexes say so as BuildKit does', () => {
  const lines = show(
    [0, { type: 'step-finished', step: 'a', status: 'cached' }],
    [0, { type: 'step-finished', step: 'b', status: 'failed', error: 'exit code: 1' }],
    [0, { type: 'step-finished', step: 'a', status: 'cancelled' }],
  );
  const times = { started: '1970-01-01T00:00:00.000Z', completed: '1970-01-01T00:00:00.000Z' };
  expect(lines).toEqual([
    { vertexes: [{ digest: A, ...times, cached: true }] },
    { vertexes: [{ digest: B, ...times, error: 'exit code: 1' }] },
    { vertexes: [{ digest: A, ...times, error: 'context canceled' }] },
  ]);
});

test('a warning has its place', () => {
  const range = { start: { line: 3, column: 0 }, end: { line: 4, column: 5 } };
  const [line] = show([
    0,
    { type: 'warning', warning: { rule: 'StageNameCasing', message: 'stage name', url: 'https://x/', range } },
  ]);
  expect(line).toEqual({
    warnings: [
      {
        level: 1,
        short: Buffer.from('StageNameCasing: stage name (line 3)').toString('base64'),
        url: 'https://x/',
        range: [{ start: { line: 3 }, end: { line: 4 } }],
      },
    ],
  });
});

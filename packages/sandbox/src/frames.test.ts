import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { receiveFrames, sendFrames } from './frames.ts';

async function* pieces(...texts: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield Buffer.from(text);
}

async function receive(pipe: PassThrough): Promise<string> {
  const parts: Buffer[] = [];
  for await (const bytes of receiveFrames(pipe)) parts.push(Buffer.from(bytes));
  return Buffer.concat(parts).toString();
}

test('streams follow each other on one pipe', async () => {
  const pipe = new PassThrough();
  const { signal } = new AbortController();
  await sendFrames(pipe, pieces('one', '', ' and', ' more'), signal);
  await sendFrames(pipe, pieces(), signal);
  await sendFrames(pipe, pieces('two'), signal);
  expect([await receive(pipe), await receive(pipe), await receive(pipe)]).toEqual(['one and more', '', 'two']);
});

test('a stream larger than the pipe waits for its reader', async () => {
  const pipe = new PassThrough({ highWaterMark: 100 });
  const sent = sendFrames(pipe, pieces('x'.repeat(300), 'y'.repeat(300)), new AbortController().signal);
  expect(await receive(pipe)).toBe('x'.repeat(300) + 'y'.repeat(300));
  await sent;
});

test('sending ends with its signal, also while it waits', async () => {
  const controller = new AbortController();
  const sent = sendFrames(new PassThrough({ highWaterMark: 10 }), pieces('x'.repeat(100), 'y'), controller.signal);
  controller.abort(new Error('enough'));
  await expect(sent).rejects.toThrow();
});

test('a pipe that closes in the middle is an error', async () => {
  const pipe = new PassThrough();
  pipe.end(Buffer.from([10, 0, 0, 0, 1, 2]));
  await expect(receive(pipe)).rejects.toThrow('the pipe was closed');
});

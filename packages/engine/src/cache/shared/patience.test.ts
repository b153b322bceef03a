import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { patient, within } from './patience.ts';

async function* slowly(chunks: number, bytes: number, pause: number): AsyncGenerator<Uint8Array> {
  for (let count = 0; count < chunks; count++) {
    await sleep(pause);
    yield Buffer.alloc(bytes);
  }
}

async function sizeOf(stream: AsyncIterable<Uint8Array>): Promise<number> {
  let size = 0;
  for await (const bytes of stream) size += bytes.length;
  return size;
}

test('work that takes too long is not waited for, whether it listens or not', async () => {
  await expect(within(20, undefined, () => new Promise(() => undefined))).rejects.toThrow('no answer within 0.02 s');
  expect(await within(1000, undefined, async () => 'in time')).toBe('in time');
});

test('the caller can give up earlier, and its reason is what is thrown', async () => {
  const signal = AbortSignal.abort(new Error('cancelled'));

  await expect(within(1000, signal, () => new Promise(() => undefined))).rejects.toThrow('cancelled');
});

test('a stream that comes at some speed is read whole, however long it takes', async () => {
  expect(await sizeOf(patient(500, undefined, async () => slowly(10, 16_384, 80)))).toBe(163_840);
});

test('a stream that trickles is given up, and so is one that stands still', async () => {
  await expect(sizeOf(patient(150, undefined, async () => slowly(1000, 1, 10)))).rejects.toThrow('no answer within');
  await expect(sizeOf(patient(50, undefined, async () => slowly(1, 1, 60_000)))).rejects.toThrow('no answer within');
});

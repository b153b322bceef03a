import { type BuildEvent, type Descriptor, digestOf, parseReference } from '@tsbuild/core';
import { expect, test } from 'vitest';
import { createReporter } from '../events.ts';
import type { ImageVertex, ResolvedImage } from '../graph.ts';
import { showPulls } from './pull-steps.ts';
import { createPulls } from './pulls.ts';

const BLOB: Descriptor = { mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip', digest: digestOf('1'), size: 4 };
const OTHER: Descriptor = { ...BLOB, digest: digestOf('2'), size: 2 };

function base(...layers: Descriptor[]): ImageVertex {
  const image = { reference: parseReference('app:1'), layers } as Partial<ResolvedImage> as ResolvedImage;
  const name = 'FROM app:1';
  return {
    op: 'image',
    step: { id: 'base', name, label: name, range: undefined, lineages: [], noCache: false },
    image,
  };
}

/** What a build with that base tells of pulls, in short. */
function watching(vertex: ImageVertex) {
  const told: string[] = [];
  const tell = (event: BuildEvent) => {
    if (event.type === 'step-defined') told.push(`${event.step}: ${event.name}`);
    if (event.type === 'step-progress') told.push(`${event.item.slice(0, 9)} ${event.current}/${event.total}`);
    if (event.type === 'step-finished') told.push(`${event.step} ${event.status}`);
  };
  const pulls = createPulls();
  return { pulls, told, shown: showPulls([vertex], pulls, createReporter(tell)) };
}

async function* pieces(...sizes: number[]): AsyncGenerator<Uint8Array> {
  for (const size of sizes) yield new Uint8Array(size);
}

async function drain(stream: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const _ of stream);
}

test('layers that arrive at the same time are one step, which ends with the last of them', async () => {
  const { pulls, told } = watching(base(BLOB, OTHER));
  const [first, second] = [pulls.watch(BLOB, pieces(4)), pulls.watch(OTHER, pieces(2))].map((stream) =>
    stream[Symbol.asyncIterator](),
  );
  await first?.next();
  await second?.next();
  await second?.next();
  expect(told).toEqual(['pull-1: pulling docker.io/library/app:1', 'sha256:6b 4/4', 'sha256:d4 2/2']);
  await first?.next();
  expect(told.slice(3)).toEqual(['pull-1 ran']);
});

test('a layer that arrives later is a step of its own, one that is cut short was cancelled', async () => {
  const { pulls, told } = watching(base(BLOB, OTHER));
  await drain(pulls.watch(BLOB, pieces(4)));
  await drain(pulls.watch(OTHER, pieces(1)));
  expect(told.filter((line) => line.startsWith('pull'))).toEqual([
    'pull-1: pulling docker.io/library/app:1',
    'pull-1 ran',
    'pull-2: pulling docker.io/library/app:1',
    'pull-2 cancelled',
  ]);
});

test('a build hears of its own bases only, and of nothing after its end', async () => {
  const { pulls, told, shown } = watching(base(BLOB));
  await drain(pulls.watch(OTHER, pieces(2)));
  expect(told).toEqual([]);
  const stream = pulls.watch(BLOB, pieces(1, 3))[Symbol.asyncIterator]();
  await stream.next();
  shown[Symbol.dispose]();
  await stream.next();
  await stream.next();
  expect(told).toEqual(['pull-1: pulling docker.io/library/app:1', 'sha256:6b 1/4', 'pull-1 cancelled']);
});

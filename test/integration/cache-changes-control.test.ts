import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { digestFromHex } from '@tsbuild/core';
import type { Builder } from '@tsbuild/engine';
import { openStore } from '@tsbuild/store';
import { openLayerTree } from '../../packages/layer/src/index.ts';
import { playScenarios, type Scenario } from '../support/cache-scenario.ts';

const SORT = 'RUN sort package.txt > installed';
const CAT = 'RUN cat src/*.txt > bundle';

/** How much of the cache is used, and what is left of it. */
const CONTROL: readonly Scenario[] = [
  {
    name: 'no cache',
    edit: { options: { noCache: true } },
    ran: [
      'WORKDIR /app <- the cache was not to be used',
      'COPY package.txt ./ <- the cache was not to be used',
      `${SORT} <- the cache was not to be used`,
      'COPY src src <- the cache was not to be used',
      `${CAT} <- the cache was not to be used`,
    ],
  },
  {
    name: 'no cache for one stage, which writes the same',
    edit: { options: { noCacheFilter: ['deps'] } },
    ran: [
      'WORKDIR /app <- the cache was not to be used',
      'COPY package.txt ./ <- the cache was not to be used',
      `${SORT} <- the cache was not to be used`,
    ],
  },
  {
    name: 'the ttl of a stage is over, which writes the same: the steps below stay cached',
    dockerfile: 'FROM busybox AS dated\nRUN echo 1 > /one\nFROM dated\nRUN cp /one /copy\n',
    edit: { options: { ttl: { dated: 1 } } },
    ran: ['RUN echo 1 > /one <- its ttl is over'],
  },
  {
    name: 'the layer of a step is gone',
    dockerfile: 'FROM busybox\nRUN echo 1 > /one\nRUN echo 2 > /two\n',
    edit: { also: ({ builder }) => forget(builder, 'two') },
    ran: ['RUN echo 2 > /two <- its recorded layer is gone from the store'],
  },
];

/** Removes the layer that holds the file. */
async function forget(builder: Builder, file: string): Promise<void> {
  await using store = await openStore({ root: builder.root });
  for (const hex of await readdir(join(builder.root, 'trees'))) {
    const digest = digestFromHex(hex);
    const index = await store.trees.get(digest);
    if (index === undefined) continue;
    const tree = openLayerTree(index, async () => '');
    if (tree.lookup(file) !== undefined) await store.blobs.remove(digest);
  }
}

playScenarios('control', CONTROL);

import type { FileTree } from '@tsbuild/core';
import { createBuilder } from '@tsbuild/engine';
import { describe, expect } from 'vitest';
import { memoryTree } from '../../packages/layer/src/index.ts';
import { saveBusybox } from '../support/busybox.ts';
import { testWith } from '../support/parts.ts';
import { openTempFolder } from '../support/temp-folder.ts';

/** A file that says something else each time it is read, up to the last of `contents`. */
function changingTree(contents: readonly string[]): FileTree & { reads: number } {
  const still = memoryTree([{ path: 'f', content: contents[0] ?? '' }]);
  return {
    reads: 0,
    lookup: (path) => still.lookup(path),
    list: (path) => still.list(path),
    async *readMany(paths) {
      for (const path of paths) {
        const content = contents[Math.min(this.reads, contents.length - 1)] ?? '';
        this.reads += 1;
        yield { path, bytes: Buffer.from(content), last: true };
      }
    },
  };
}

const STEPS = {
  COPY: 'COPY f /out\n',
  'RUN with a bind mount': 'RUN --mount=target=/src cat /src/f > /out\n',
};

describe.each(Object.entries(STEPS))('a file that changes while %s packs it', (_, step) => {
  const dockerfile = `FROM busybox\n${step}`;

  testWith('root', 'busybox')('is read again: the layer has what the key was made of', async () => {
    await using folder = await openTempFolder();
    await using builder = await createBuilder({ root: folder.file('store') });
    await saveBusybox(builder);

    const { image } = await builder.build({ context: { tree: changingTree(['1', '2', '3']) }, dockerfile });

    expect(String(await (await image.tree()).read('out'))).toBe('3');
    const again = await builder.build({ context: { tree: changingTree(['3']) }, dockerfile });
    expect(again.steps.map(({ status }) => status)).toEqual(['cached']);
    const other = await builder.build({ context: { tree: changingTree(['1']) }, dockerfile });
    expect(other.steps.map(({ status }) => status)).toEqual(['ran']);
  });

  testWith('root', 'busybox')('and never stops changing fails the build, which records nothing', async () => {
    await using folder = await openTempFolder();
    await using builder = await createBuilder({ root: folder.file('store') });
    await saveBusybox(builder);
    const contents = Array.from({ length: 20 }, (_, at) => String(at % 10));

    const building = builder.build({ context: { tree: changingTree(contents) }, dockerfile });

    await expect(building).rejects.toMatchObject({ code: 'ERR_TSBUILD_CONTEXT_CHANGED' });
    const plan = await builder.plan({ context: { tree: changingTree(['0']) }, dockerfile });
    expect(plan.steps.map(({ status }) => status)).toEqual(['would-run']);
  });
});

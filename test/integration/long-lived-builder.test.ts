import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type BuildFixture, buildFixture } from '@tsbuild/testing';
import { describe, expect } from 'vitest';
import { saveBusybox } from '../support/busybox.ts';
import { testWith } from '../support/parts.ts';

const DOCKERFILE = 'FROM busybox\nCOPY a /\nRUN cp /a /b\nARG V=1\nRUN echo $V > /v; cat /b >> /v\n';

const builderTest = testWith('root', 'busybox');

async function open(): Promise<BuildFixture> {
  const fixture = await buildFixture({ Dockerfile: DOCKERFILE, a: 'a\n' });
  await saveBusybox(fixture.builder);
  await fixture.build();
  return fixture;
}

async function contentOf(fixture: BuildFixture, v: string): Promise<string> {
  const { image, ran } = await fixture.build({ buildArgs: { V: v } });
  expect(ran.at(-1)).toBe('RUN echo $V > /v; cat /b >> /v');
  return String(await (await image.tree()).read('v'));
}

describe('a builder that stays open', () => {
  builderTest('makes unpacked layers again that somebody removed', async () => {
    await using fixture = await open();
    const snapshots = join(fixture.builder.root, 'snapshots');
    const [place = ''] = await readdir(snapshots);

    await rm(join(snapshots, place), { recursive: true });
    expect(await contentOf(fixture, '2')).toBe('2\na\n');
    await rm(snapshots, { recursive: true });
    expect(await contentOf(fixture, '3')).toBe('3\na\n');
  });

  builderTest('builds again what somebody removed of its layers', async () => {
    await using fixture = await open();
    const { root } = fixture.builder;
    const { image } = await fixture.build();
    const layer = image.config.rootfs.diff_ids.at(-2) ?? '';

    for (const kind of ['blobs/sha256', 'trees', 'layers'])
      await rm(join(root, kind, layer.slice('sha256:'.length)), { recursive: true });

    expect((await fixture.build({ buildArgs: { V: '2' } })).ran).toEqual([
      'RUN cp /a /b',
      'RUN echo $V > /v; cat /b >> /v',
    ]);
    expect(await contentOf(fixture, '3')).toBe('3\na\n');
  });
});

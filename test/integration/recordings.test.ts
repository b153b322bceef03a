import { readdir, rm, writeFile } from 'node:fs/promises';
import { createBuilder } from '@tsbuild/engine';
import { type BuildFixture, buildFixture } from '@tsbuild/testing';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { saveBusybox } from '../support/busybox.ts';
import { mustRun } from '../support/command.ts';
import { hasPart, testWith } from '../support/parts.ts';
import { openTempFolder, type TempFolder } from '../support/temp-folder.ts';

const FILES = {
  Dockerfile: `FROM busybox AS made
COPY list /
RUN cat /list /proc/uptime > /made
FROM busybox
COPY --from=made /made /
COPY app /app
RUN date +%s%N > /stamp
`,
  list: 'one\n',
  app: 'app\n',
};
const ALL = ['COPY list /', 'RUN cat /list /proc/uptime > /made', 'COPY --from=made /made /', 'COPY app /app'];
const STAMP = 'RUN date +%s%N > /stamp';
const recordingTest = testWith('root', 'busybox');

let folder: TempFolder;
let recording = '';
let base = '';
let recorded: Awaited<ReturnType<BuildFixture['build']>>[] = [];

beforeAll(async () => {
  folder = await openTempFolder();
  recording = folder.file('recording');
  if (!hasPart('root') || !hasPart('busybox')) return;
  await using builder = await createBuilder({ root: folder.file('bases') });
  await saveBusybox(builder);
  const { descriptor } = await builder.inspect('busybox');
  base = `oci-layout://${builder.root}@${descriptor.digest}`;
  recorded = await buildAll(true);
});

afterAll(() => folder[Symbol.asyncDispose]());

function openFixture(record: boolean): Promise<BuildFixture> {
  return buildFixture(FILES, { recording, record });
}

function build(fixture: BuildFixture) {
  return fixture.build({ buildContexts: { busybox: base } });
}

/** A suite's builds: all, nothing changed, one file changed. */
async function buildAll(record: boolean) {
  await using fixture = await openFixture(record);
  const results = [await build(fixture), await build(fixture)];
  await fixture.write('app', 'changed\n');
  return [...results, await build(fixture)];
}

describe('a recording', () => {
  recordingTest('gives the same images in an empty store, and the same steps ran', async () => {
    const replayed = await buildAll(false);

    expect(recorded.map(({ ran }) => ran)).toEqual([[...ALL, STAMP], [], ['COPY app /app', STAMP]]);
    expect(replayed.map(({ ran }) => ran)).toEqual(recorded.map(({ ran }) => ran));
    expect(replayed.map(({ image }) => image.config.rootfs.diff_ids)).toEqual(
      recorded.map(({ image }) => image.config.rootfs.diff_ids),
    );
  });

  recordingTest('has no base layers, and nothing of the recording before', async () => {
    await writeFile(`${recording}/left-over`, '');
    await buildAll(true);

    const size = await mustRun(['du', '--summarize', '--bytes', recording]);
    expect(Number.parseInt(size, 10)).toBeLessThan(100_000);
    expect((await readdir(recording)).sort()).toEqual(['blobs', 'index.json', 'oci-layout', 'steps.json']);
  });

  recordingTest('executes nothing in an image either', async () => {
    await using fixture = await openFixture(false);
    const { image } = await build(fixture);

    await expect(image.run(['true'])).rejects.toMatchObject({ code: 'ERR_TSBUILD_RUN_UNAVAILABLE' });
  });

  recordingTest('that no longer fits says which file changed', async () => {
    await using fixture = await openFixture(false);
    await fixture.write('list', 'two\n');

    await expect(build(fixture)).rejects.toMatchObject({
      code: 'ERR_TSBUILD_NOT_RECORDED',
      message: `the recording in ${recording} does not fit RUN cat /list /proc/uptime > /made: COPY list / changed (list changed) since then`,
      hint: 'record again where RUN works; with @tsbuild/testing by TSBUILD_RECORD=1',
      range: { start: { line: 3 } },
    });
  });

  recordingTest('that no longer fits says which instruction changed', async () => {
    await using fixture = await openFixture(false);
    await fixture.write('Dockerfile', FILES.Dockerfile.replace('+%s%N', '+%s'));

    await expect(build(fixture)).rejects.toMatchObject({
      code: 'ERR_TSBUILD_NOT_RECORDED',
      message: `the recording in ${recording} does not fit RUN date +%s > /stamp: the instruction changed, it was: ${STAMP} since then`,
    });
  });

  recordingTest('that was never made, and steps that it never had, are named', async () => {
    await using fixture = await buildFixture(FILES, { recording: folder.file('nothing') });

    await expect(build(fixture)).rejects.toMatchObject({
      code: 'ERR_TSBUILD_NOT_RECORDED',
      message: /does not fit RUN cat .*: it has no such step$/,
    });
  });

  recordingTest('whose layers were lost says so', async () => {
    await using fixture = await openFixture(false);
    await rm(`${recording}/index.json`);

    await expect(build(fixture)).rejects.toMatchObject({
      code: 'ERR_TSBUILD_NOT_RECORDED',
      message: /does not fit RUN cat .*: its layers are not there$/,
    });
  });
});

import { readdir, writeFile } from 'node:fs/promises';
import { createBuilder } from '@tsbuild/engine';
import { expect, test } from 'vitest';
import { saveBusybox } from '../support/busybox.ts';
import { testWith } from '../support/parts.ts';
import { openTempFolder, type TempFolder } from '../support/temp-folder.ts';
import { mustTsbuild, tsbuild } from '../support/tsbuild.ts';

const runTest = testWith('root', 'busybox');

test('an OCI layout is a base and a source of files, by tag, by digest, or alone', async () => {
  await using folder = await openTempFolder();
  const { digest, layout } = await writeLayout(folder);
  const dockerfile = 'FROM base AS b\nFROM scratch\nCOPY --from=b /f /from-base\nCOPY --from=base /f /from-image\n';

  const ids = new Set<string>();
  for (const place of [layout, `${layout}:v1`, `${layout}@${digest}`]) {
    const args = ['build', '-q', '--source-date-epoch=0', '--build-context', `base=oci-layout://${place}`, '-'];
    ids.add((await mustTsbuild(folder.file('other-store'), args, { input: dockerfile })).stdout);
  }
  expect(ids.size).toBe(1);
  await using builder = await createBuilder({ root: folder.file('third-store') });
  const built = await builder.build({
    context: { files: {} },
    dockerfile,
    buildContexts: { base: `oci-layout://${layout}` },
  });
  expect((await (await built.image.tree()).read('from-image')).toString()).toBe('content');
});

test('an OCI layout without the tag, and one that was tampered with, are refused', async () => {
  await using folder = await openTempFolder();
  const { layout } = await writeLayout(folder);
  const build = (place: string) =>
    tsbuild(folder.file('other-store'), ['build', '--build-context', `base=oci-layout://${place}`, '-'], {
      input: 'FROM base\nCOPY --from=base /f /g\n',
    });

  const unknown = await build(`${layout}:v2`);
  expect(unknown.stderr).toContain(`image oci-layout://${layout}:v2 not found in its index`);
  expect(unknown.stderr).toContain('hint: tags are v1');
  expect((await build(folder.file('none'))).stderr).toContain('is no OCI layout: no index.json');
  for (const name of await readdir(`${layout}/blobs/sha256`))
    await writeFile(`${layout}/blobs/sha256/${name}`, 'other');
  const damaged = await build(layout);
  expect(damaged.stderr).toMatch(/ERR_TSBUILD_(?:SIZE|DIGEST)_MISMATCH/);
  expect(await leftovers(folder)).toEqual([]);
});

runTest('--allow, --ulimit and --shm-size reach the commands', async () => {
  await using folder = await openTempFolder();
  await using builder = await createBuilder({ root: folder.file('store') });
  await saveBusybox(builder);
  const dockerfile = `FROM busybox
RUN --network=host --security=insecure ulimit -n > /o && ulimit -Hn >> /o && df -k /dev/shm | tail -1 | awk '{ print $2 }' >> /o
`;
  const build = (...args: readonly string[]) =>
    tsbuild(folder.file('store'), ['build', '-t', 'limits', ...args, '-'], { input: dockerfile });
  const limits = ['--ulimit', 'nofile=123:456', '--shm-size=8m'];

  const refused = await build('--allow=network.host', ...limits);
  expect([refused.exitCode, refused.stderr]).toEqual([
    1,
    expect.stringContaining('allow it with --allow security.ins'),
  ]);
  const { exitCode, stderr } = await build('--allow=network.host,security.insecure', ...limits);

  expect([exitCode, stderr]).toEqual([0, expect.any(String)]);
  const image = await builder.image('limits');
  expect((await (await image.tree()).read('o')).toString()).toBe('123\n456\n8192\n');
});

test('build checks end with status 1, and # check=error=true ends a build', async () => {
  await using folder = await openTempFolder();
  const run = (args: readonly string[], input: string) =>
    tsbuild(folder.file('store'), ['build', ...args, '-'], { input });
  const casing = 'FROM scratch AS Base\nLABEL a=b\n';

  expect((await run(['--check'], casing)).exitCode).toBe(1);
  expect((await run(['--check', '--build-arg', 'BUILDKIT_DOCKERFILE_CHECK=skip=all'], casing)).exitCode).toBe(0);
  expect((await run([], casing)).exitCode).toBe(0);
  const strict = await run([], `# check=error=true\n${casing}`);
  expect([strict.exitCode, strict.stderr]).toEqual([
    1,
    expect.stringContaining('lint violation found for rules: StageNameCasing'),
  ]);
});

interface Layout {
  readonly layout: string;
  readonly digest: string;
}

/** An image with one file, tagged v1, in a layout folder. */
async function writeLayout(folder: TempFolder): Promise<Layout> {
  const layout = folder.file('layout');
  await using builder = await createBuilder({ root: folder.file('store') });
  const { outputs } = await builder.build({
    context: { files: { f: 'content' } },
    dockerfile: 'FROM scratch\nCOPY f /f\n',
    tags: ['example.com/base:v1'],
    outputs: [{ type: 'oci', dest: layout, tar: false }],
  });
  return { layout, digest: outputs[0]?.descriptor?.digest ?? '' };
}

async function leftovers(folder: TempFolder): Promise<string[]> {
  const entries = await readdir(folder.file('other-store', 'tmp'), { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
}

import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { mustRun } from '../support/command.ts';
import { testWith } from '../support/parts.ts';
import { openTempFolder, type TempFolder } from '../support/temp-folder.ts';

const COMMAND = fileURLToPath(new URL('../../packages/cli/bin/tsbuild.js', import.meta.url));
const UNWANTED = ['zlib', 'worker_threads', 'child_process', 'net', 'tls', 'perf_hooks'];

async function contextOf(folder: TempFolder, files: Readonly<Record<string, string>>): Promise<string> {
  const context = folder.file('context');
  mkdirSync(context);
  for (const [path, content] of Object.entries(files)) await writeFile(`${context}/${path}`, content);
  return context;
}

testWith()('a build that finds everything cached loads no more than it needs', async () => {
  await using folder = await openTempFolder();
  const context = await contextOf(folder, { Dockerfile: 'FROM scratch\nCOPY a /\nWORKDIR /w\n', a: 'a' });
  const list = folder.file('modules.json');
  const preload = folder.file('preload.mjs');
  await writeFile(
    preload,
    `import { writeFileSync } from 'node:fs';
     process.on('exit', () => writeFileSync(${JSON.stringify(list)}, JSON.stringify(process.moduleLoadList)));`,
  );
  const args = ['--import', preload, COMMAND, 'build', '--quiet', '--root', folder.file('store'), context];
  // Output into pipes would load net by itself.
  const build = () => new Promise((resolve) => spawn(process.execPath, args, { stdio: 'ignore' }).on('close', resolve));

  expect(await build()).toBe(0);
  expect(await build()).toBe(0);

  const loaded: string[] = JSON.parse(await readFile(list, 'utf8'));
  expect(UNWANTED.filter((name) => loaded.includes(`NativeModule ${name}`))).toEqual([]);
});

testWith('taskset')('one core and several write the same archive', async () => {
  await using folder = await openTempFolder();
  const lines = Array.from({ length: 300_000 }, (_, line) => `${line} ${line * 7919}\n`).join('');
  const context = await contextOf(folder, { Dockerfile: 'FROM scratch\nCOPY a b /\n', a: lines, b: 'b' });
  const archive = async (name: string, ...prefix: readonly string[]) => {
    const output = `type=oci,dest=${folder.file(name)},compression=${name.split('-')[0]}`;
    const args = ['build', '--quiet', '--root', folder.file(`store-${name}`), '--output', output];
    const epoch = ['--build-arg', 'SOURCE_DATE_EPOCH=1600000000'];
    await mustRun([...prefix, process.execPath, COMMAND, ...args, ...epoch, context]);
    return readFile(folder.file(name));
  };

  for (const kind of ['gzip', 'zstd']) {
    const alone = await archive(`${kind}-alone`, 'taskset', '--cpu-list', '0');
    const together = await archive(`${kind}-together`);
    expect(alone.equals(together)).toBe(true);
  }
});

const MACHINES: readonly (readonly [string, Readonly<Record<string, string>>, string])[] = [
  ['a plain one', { TZ: 'UTC', LC_ALL: 'C' }, '022'],
  ['one that keeps files to itself, in India', { TZ: 'Asia/Kolkata', LC_ALL: 'C' }, '077'],
  [
    'one that gives everything away, in Turkish',
    { TZ: 'America/St_Johns', LC_ALL: 'tr_TR.UTF-8', LANG: 'tr_TR.UTF-8' },
    '000',
  ],
];

testWith()('umask, time zone and locale change no byte of an archive', async () => {
  await using folder = await openTempFolder();
  const dockerfile = 'FROM scratch\nWORKDIR /made/İi\nCOPY a Z ä I i /x/\nCOPY --chmod=0640 a /y/\n';
  const context = await contextOf(folder, { Dockerfile: dockerfile, a: '1', Z: '2', ä: '3', I: '4', i: '5' });
  const archives: Buffer[] = [];
  for (const [at, [, env, umask]] of MACHINES.entries()) {
    const dest = folder.file(`${at}.tar`);
    const args = ['build', '--quiet', '--root', folder.file(`store-${at}`), '-o', `type=oci,dest=${dest}`, context];
    const command = `umask ${umask}; exec "$0" "$@"`;
    await mustRun(['sh', '-c', command, process.execPath, COMMAND, ...args], {
      env: { ...env, SOURCE_DATE_EPOCH: '0' },
    });
    archives.push(await readFile(dest));
  }

  const [first, ...others] = archives;
  expect(others.map((other) => first?.equals(other))).toEqual([true, true]);
});

/** The suite's short form; `TSBUILD_TEST_FILES=200000` is the long one. */
const FILES = Number(process.env.TSBUILD_TEST_FILES ?? 20_000);
const FOLDERS = 200;
/** What the command takes without any files, and room for garbage. */
const BASE_MEBIBYTES = 28;

testWith()(
  `${FILES} files are copied with a heap of 1 kB for each`,
  async () => {
    await using folder = await openTempFolder();
    const context = await contextOf(folder, { Dockerfile: 'FROM scratch\nCOPY tree /tree/\n' });
    for (let directory = 0; directory < FOLDERS; directory++) {
      const place = `${context}/tree/${directory}`;
      mkdirSync(place, { recursive: true });
      for (let file = 0; file < FILES / FOLDERS; file++) writeFileSync(`${place}/${file}`, '');
    }
    const heap = `--max-old-space-size=${Math.ceil(BASE_MEBIBYTES + (FILES * 1024) / 1024 ** 2)}`;

    const root = folder.file('store');
    const id = await mustRun([process.execPath, heap, COMMAND, 'build', '--quiet', '--root', root, context]);

    expect(id).toMatch(/^sha256:[0-9a-f]{64}\n$/);
  },
  600_000,
);

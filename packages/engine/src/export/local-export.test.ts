import { execFileSync } from 'node:child_process';
import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { chmod, link, mkdir, mkdtemp, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createBuilder } from '../builder.ts';
import type { BuildOptions, LocalOutput } from '../options.ts';

const TIME = 1_700_000_000;

let folder: string;
let dest: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'local-'));
  dest = join(folder, 'out');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function build(options: Partial<BuildOptions>, output: Partial<LocalOutput> = {}) {
  await using builder = await createBuilder({ root: join(folder, 'store') });
  return builder.build({
    context: { files: {} },
    dockerfile: 'FROM scratch\nCOPY . /\n',
    outputs: [{ type: 'local', dest, ...output }],
    ...options,
  });
}

/** A tar of what a shell makes in an empty folder. */
function archive(script: string): Buffer {
  const root = join(folder, 'root');
  execFileSync('sh', ['-c', `mkdir ${root} && cd ${root} && ${script}`]);
  return execFileSync('tar', ['-cf', '-', '-C', root, '.'], { maxBuffer: 2 ** 26 });
}

function buildArchive(script: string, output: Partial<LocalOutput> = {}) {
  return build({ context: { files: { 'a.tar': archive(script) } }, dockerfile: 'FROM scratch\nADD a.tar /\n' }, output);
}

const names = (path = dest) => readdirSync(path, { recursive: true }).map(String).sort();

test('files, links, modes and times arrive; devices and FIFOs are left out, and the caller owns all', async () => {
  const { outputs } = await buildArchive(
    `mkdir -m 750 d && echo x > d/a && chmod 4755 d/a && ln d/a d/b && ln -s ../nowhere d/c && mkfifo p && touch -d @${TIME} d/a d`,
  );
  expect(outputs).toEqual([{ type: 'local', dest }]);
  expect(names()).toEqual(['d', 'd/a', 'd/b', 'd/c']);
  const file = lstatSync(join(dest, 'd/a'));
  expect([file.mode.toString(8), file.mtimeMs, file.nlink, file.uid]).toEqual([
    '104755',
    TIME * 1000,
    2,
    process.getuid?.(),
  ]);
  expect([lstatSync(join(dest, 'd')).mode.toString(8), lstatSync(join(dest, 'd')).mtimeMs]).toEqual([
    '40750',
    TIME * 1000,
  ]);
  expect(lstatSync(join(dest, 'd/b')).ino).toBe(file.ino);
  expect(lstatSync(join(dest, 'd/c')).isSymbolicLink()).toBe(true);
});

test('what is left out is told in the log of the step', async () => {
  const logs: string[] = [];
  await build({
    context: { files: { 'a.tar': archive('mkfifo p') } },
    dockerfile: 'FROM scratch\nADD a.tar /\n',
    onEvent: (event) => event.type === 'step-log' && logs.push(Buffer.from(event.bytes).toString()),
  });
  expect(logs).toEqual(['left out /p: devices and FIFOs are not written to folders\n']);
});

test('a second export of an unchanged image writes nothing', async () => {
  const context = { files: { a: 'alpha', 'd/b': 'beta', l: { symlink: 'a' } } };
  await build({ context });
  const before = ['a', 'd', 'd/b', 'l', '.'].map((name) => lstatSync(join(dest, name), { bigint: true }).ctimeNs);
  await build({ context });
  const after = ['a', 'd', 'd/b', 'l', '.'].map((name) => lstatSync(join(dest, name), { bigint: true }).ctimeNs);
  expect(after).toEqual(before);
});

test('a file that was changed without a trace of size or time is written again', async () => {
  await build({ context: { files: { a: { content: 'alpha', mtime: TIME } } } });
  await writeFile(join(dest, 'a'), 'omega');
  await utimes(join(dest, 'a'), TIME, TIME);
  await build({ context: { files: { a: { content: 'alpha', mtime: TIME } } } });
  expect(await readFile(join(dest, 'a'), 'utf8')).toBe('alpha');
});

test('other files of the folder stay, and things of another kind give way', async () => {
  await mkdir(join(dest, 'a/deep'), { recursive: true });
  await writeFile(join(dest, 'kept'), 'mine');
  await writeFile(join(dest, 'd'), 'a file where a directory comes');
  await build({ context: { files: { a: 'alpha', 'd/b': 'beta' } } });
  expect(names()).toEqual(['a', 'd', 'd/b', 'kept']);
});

test('no symlink of the folder is followed', async () => {
  const outside = join(folder, 'outside');
  await mkdir(outside);
  await writeFile(join(outside, 'target'), 'untouched');
  await mkdir(dest);
  await symlink(outside, join(dest, 'd'));
  await symlink(join(outside, 'target'), join(dest, 'a'));
  await build({ context: { files: { a: 'alpha', 'd/b': 'beta' } } });
  expect(names(outside)).toEqual(['target']);
  expect(await readFile(join(outside, 'target'), 'utf8')).toBe('untouched');
  expect(lstatSync(join(dest, 'd')).isDirectory()).toBe(true);
});

test('a file that has another name elsewhere is replaced, not changed there', async () => {
  await mkdir(dest);
  await writeFile(join(folder, 'elsewhere'), 'alpha', { mode: 0o600 });
  await link(join(folder, 'elsewhere'), join(dest, 'a'));
  await build({ context: { files: { a: 'alpha' } } });
  expect(lstatSync(join(folder, 'elsewhere')).mode & 0o777).toBe(0o600);
});

test('mode=delete removes what the image does not have, and links without what they lead to', async () => {
  const outside = join(folder, 'outside');
  await mkdir(outside);
  await writeFile(join(outside, 'target'), 'untouched');
  await mkdir(join(dest, 'd/old'), { recursive: true });
  await writeFile(join(dest, 'd/old/file'), '');
  await symlink(outside, join(dest, 'link'));
  await chmod(join(dest, 'd'), 0o700);
  await build({ context: { files: { a: 'alpha', 'd/b': 'beta' } } }, { mode: 'delete' });
  expect(names()).toEqual(['a', 'd', 'd/b']);
  expect(names(outside)).toEqual(['target']);
});

test('mode=delete does not empty a folder that holds the build context, the home or everything', async () => {
  const context = join(folder, 'project');
  await mkdir(context);
  for (const [place, what] of [
    [folder, 'the build context'],
    ['/', 'the root directory'],
    [process.env.HOME ?? '/root', 'the home directory'],
  ] as const)
    await expect(build({ context }, { dest: place, mode: 'delete' })).rejects.toThrow(
      `mode=delete would remove files of ${what} from ${place}`,
    );
});

test('several platforms have a folder each, or share one when they are alike', async () => {
  const platforms = ['linux/amd64', 'linux/arm/v7'];
  const options = { context: { files: { shared: 'both' } }, platforms };
  await build(options, { mode: 'delete' });
  expect(names()).toEqual(['linux_amd64', 'linux_amd64/shared', 'linux_arm_v7', 'linux_arm_v7/shared']);
  await expect(build(options, { platformSplit: false })).rejects.toThrow(
    'linux/amd64 and linux/arm/v7 both have /shared, and platform-split is off',
  );
  const dockerfile = 'FROM scratch\nARG TARGETARCH\nCOPY shared /bin/$TARGETARCH\n';
  await build({ ...options, dockerfile }, { platformSplit: false, mode: 'delete' });
  expect(names()).toEqual(['bin', 'bin/amd64', 'bin/arm']);
  await build({ ...options, platforms: ['linux/amd64'] }, { platformSplit: true, mode: 'delete' });
  expect(names()).toEqual(['linux_amd64', 'linux_amd64/shared']);
});

test('names of bytes that are not UTF-8 survive', async () => {
  await buildArchive('touch "$(printf \'caf\\351\')"');
  expect(readdirSync(dest, { encoding: 'buffer' }).map((name) => name.toString('latin1'))).toEqual(['caf\u00e9']);
});

test('a read-only directory is filled, and filled again', async () => {
  const script = 'mkdir d && echo x > d/a && chmod 555 d';
  await buildArchive(script);
  await rm(join(folder, 'root'), { recursive: true });
  await buildArchive(script.replace('echo x', 'echo y'));
  expect(readFileSync(join(dest, 'd/a'), 'utf8')).toBe('y\n');
  expect((lstatSync(join(dest, 'd')).mode & 0o777).toString(8)).toBe('555');
});

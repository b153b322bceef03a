import { cp, readdir, readFile, symlink } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { createBuilder } from '@tsbuild/engine';
import { startRegistry } from '@tsbuild/registry/server';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { writeFiles } from '../../packages/testing/src/fixture-files.ts';
import { saveBusybox } from '../support/busybox.ts';
import { runCommand } from '../support/command.ts';
import { commandPath } from '../support/command-path.ts';
import { readGuide } from '../support/guide.ts';
import { hasPart, testWith } from '../support/parts.ts';
import { openTempFolder, type TempFolder } from '../support/temp-folder.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const GUIDES = `${ROOT}docs/guides`;

/** What the whole of a guide prints, in this order. */
const PRINTS: Readonly<Record<string, readonly string[]>> = {
  'replace-docker-build.md': ['1.4.2\ncontainerd\nmoby\n', 'names.txt changed', '[build 2/3] COPY names.txt .'],
  'test-images.md': ['3 passed'],
  'embed.md': ["[ 'ran COPY greeting.txt /' ]", 'hello\n', 'ERR_TSBUILD_SOURCE_NOT_FOUND 2'],
  'ci.md': ['RUN', 'RUN sort package.txt > /installed'],
  'read-the-report.md': ['FromAsCasing', 'words.txt changed', 'app', '.html', 'last.html'],
  'many-images.md': ['"QUEUE": "mail"', 'shop/worker', '[shop-web] exporting'],
};

/** What is in a file that the commands of a guide write. */
const WRITES: Readonly<Record<string, readonly (readonly [path: string, words: string])[]>> = {
  'read-the-report.md': [
    ['build.html', 'FromAsCasing</a>: '],
    ['last.html', 'The first to run was'],
    ['last.html', 'words.txt changed'],
    ['last.html', 'of which later layers hide'],
  ],
};

let folder: TempFolder;

beforeAll(async () => {
  folder = await openTempFolder();
  await using builder = await createBuilder({ root: folder.file('template') });
  if (hasPart('busybox')) await saveBusybox(builder);
});

afterAll(() => folder[Symbol.asyncDispose]());

test('every guide is run, here or by a test of its own', async () => {
  expect((await readdir(GUIDES)).sort()).toEqual([...Object.keys(PRINTS), 'share-caches.md'].sort());
});

for (const [name, prints] of Object.entries(PRINTS)) {
  testWith('root', 'busybox')(`${name} does what it says`, async () => {
    const printed = await follow(name);

    let at = 0;
    for (const words of prints) {
      const found = printed.indexOf(words, at);
      expect(found, `${words}, in:\n${printed}`).toBeGreaterThanOrEqual(at);
      at = found + words.length;
    }
    for (const [path, words] of WRITES[name] ?? []) {
      expect(await readFile(folder.file(name, path), 'utf8')).toContain(words);
    }
  });
}

/** Writes the files of a guide, runs its commands, and returns what they printed. */
async function follow(name: string): Promise<string> {
  await using registry = await startRegistry();
  const guide = readGuide((await readFile(`${GUIDES}/${name}`, 'utf8')).replaceAll('localhost:5000', registry.host));
  const cwd = folder.file(name);
  const store = folder.file(`${name}.store`);
  await writeFiles(cwd, guide.files);
  await symlink(`${ROOT}node_modules`, `${cwd}/node_modules`);
  await cp(folder.file('template'), store, { recursive: true, verbatimSymlinks: true });

  const env = { NO_COLOR: '1', PATH: await commandPath(folder.file('bin')), TSBUILD_ROOT: store };
  const { exitCode, stdout } = await runCommand(['sh', '-ec', `exec 2>&1\n${guide.commands}`], { cwd, env });
  expect(exitCode, stdout).toBe(0);
  return stdout;
}

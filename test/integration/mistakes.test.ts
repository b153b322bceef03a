import { readdirSync, readFileSync } from 'node:fs';
import { cp, mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { createBuilder } from '@tsbuild/engine';
import { startRegistry, type TestRegistry } from '@tsbuild/registry/server';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { writeFiles } from '../../packages/testing/src/fixture-files.ts';
import { saveBusybox } from '../support/busybox.ts';
import { runCommand } from '../support/command.ts';
import { commandPath } from '../support/command-path.ts';
import { type Answer, type Mistake, printMistake, readMistake } from '../support/mistake.ts';
import { hasPart, testWith } from '../support/parts.ts';
import { openTempFolder, type TempFolder } from '../support/temp-folder.ts';

const MISTAKES = fileURLToPath(new URL('../mistakes', import.meta.url));
const NAMES = readdirSync(MISTAKES).filter((name) => name.endsWith('.txt'));

let folder: TempFolder;
let registry: TestRegistry;
let path = '';

beforeAll(async () => {
  folder = await openTempFolder();
  registry = await startRegistry();
  path = await commandPath(folder.file('bin'));
  await using builder = await createBuilder({ root: folder.file('store') });
  if (hasPart('busybox')) await saveBusybox(builder);
});

afterAll(async () => {
  await registry[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

describe('mistakes that people make', () => {
  test('are at least forty', () => {
    expect(NAMES.length).toBeGreaterThanOrEqual(40);
  });

  for (const name of NAMES) {
    const mistake = readMistake(readFileSync(`${MISTAKES}/${name}`, 'utf8'));
    const needs = /^RUN /m.test(mistake.files.Dockerfile ?? '') ? ['root', 'busybox'] : [];

    testWith(...needs)(`${name}: ${mistake.title}`, async () => {
      const answer = await answerTo(name, mistake, needs.length > 0);

      await expect(printMistake({ ...mistake, answer })).toMatchFileSnapshot(`${MISTAKES}/${name}`);
    });
  }
});

/** Makes the mistake in a context and with a store of its own. */
async function answerTo(name: string, { command, files }: Mistake, hasBases: boolean): Promise<Answer> {
  const cwd = folder.file('contexts', name);
  await mkdir(cwd, { recursive: true });
  await writeFiles(cwd, Object.fromEntries(Object.entries(files).map(([file, text]) => [file, onThisMachine(text)])));
  const store = folder.file('stores', name);
  if (hasBases) await cp(folder.file('store'), store, { recursive: true, verbatimSymlinks: true });
  const env = { NO_COLOR: '1', PATH: path, TSBUILD_ROOT: store };
  const { exitCode, stdout } = await runCommand(['sh', '-c', `${onThisMachine(command)} 2>&1`], { cwd, env });
  return { exitCode, output: onAnyMachine(stdout, cwd) };
}

function onThisMachine(text: string): string {
  return text.replaceAll('localhost:5000', registry.host);
}

/** Without what differs between machines and moments. */
function onAnyMachine(text: string, cwd: string): string {
  return text
    .replaceAll(registry.host, 'localhost:5000')
    .replaceAll(cwd, '/context')
    .replaceAll(folder.path, '/folder')
    .replace(/^(#\d+ (?:DONE )?)\d+\.\d+/gm, '$10.0')
    .replace(/^(\[\+\] Failed after )[\d.]+s/gm, '$10.0s')
    .replace(/(and as an image: ).* \(ERR_\w+\)/g, '$1…');
}

import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { createBuilder } from '@tsbuild/engine';
import { startRegistry } from '@tsbuild/registry/server';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { writeFiles } from '../../packages/testing/src/fixture-files.ts';
import { saveBusybox } from '../support/busybox.ts';
import { mustRun, runCommand } from '../support/command.ts';
import { commandPath } from '../support/command-path.ts';
import { cosignKeys } from '../support/cosign-key.ts';
import { hasPart, testWith } from '../support/parts.ts';
import { SURROUNDINGS } from '../support/snippet-surroundings.ts';
import { type Claim, readCommands, readSnippets, snippetModule } from '../support/snippets.ts';
import { openTempFolder, type TempFolder } from '../support/temp-folder.ts';
import { openTypedTerminal } from '../support/typed-terminal.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

const BASE = 'FROM busybox\nCOPY npm /bin/npm\nCOPY npm /bin/node\n';
const COMMAND = { content: '#!/bin/sh\necho v20.20.0\n', mode: 0o755 };

/** A page whose first block runs. */
interface Runnable {
  readonly page: string;
  /** Files of the folder in which it runs. */
  readonly files?: Readonly<Record<string, string>>;
  /** Files as they are in an earlier build. */
  readonly before?: Readonly<Record<string, string>>;
  /** What it gets from the text around it. */
  readonly surroundings?: string;
  /** How many values it claims. */
  readonly claims: number;
}

const BUILD = `import { build } from '@tsbuild/engine';\n`;

const RUNNABLE: readonly Runnable[] = [
  {
    page: 'README.md',
    files: {
      Dockerfile: 'FROM base\nARG VERSION\nCOPY package.json .\nCOPY package.json /etc/os-release\nRUN npm ci\n',
    },
    claims: 0,
  },
  { page: 'packages/core/README.md', claims: 1 },
  { page: 'packages/dockerfile/README.md', claims: 4 },
  {
    page: 'packages/engine/README.md',
    files: { Dockerfile: 'FROM base\nCOPY package.json .\nRUN npm ci\n' },
    before: { Dockerfile: 'FROM base\nCOPY package.json .\n' },
    claims: 1,
  },
  {
    page: 'packages/bake/README.md',
    files: { 'base/Dockerfile': 'FROM scratch\nCOPY . /\n', 'web/Dockerfile': 'FROM base\nCOPY . /\n' },
    claims: 0,
  },
  { page: 'packages/testing/README.md', claims: 3 },
  {
    page: 'docs/debugging.md',
    files: {
      Dockerfile:
        'FROM base\nRUN mkdir -p /app /root/.npm/_logs && touch /root/.npm/_logs/1.log /app/config.log && false\n',
    },
    surroundings: `${BUILD}process.on('uncaughtException', ({ exitCode }) => process.exit(exitCode === 1 ? 0 : 2));\n`,
    claims: 0,
  },
  { page: 'docs/policies.md', files: { Dockerfile: 'FROM base\n' }, surroundings: BUILD, claims: 0 },
  { page: 'docs/run.md', files: { Dockerfile: 'FROM base\n' }, surroundings: BUILD, claims: 0 },
];

/** A page with commands. */
interface Typed {
  readonly files?: Readonly<Record<string, string>>;
  readonly prints: readonly string[];
  /** @default 0 */
  readonly status?: number;
}

const TYPED: Readonly<Record<string, Typed>> = {
  'README.md': { files: { Dockerfile: 'FROM base\nARG VERSION\n' }, prints: ['exporting to oci'] },
  'packages/cli/README.md': { files: { Dockerfile: 'FROM base\nARG VERSION\n' }, prints: ['exporting to oci'] },
  'docs/attestations.md': {
    files: { Dockerfile: 'FROM base\n', 'cosign.key': cosignKeys('secret').privateKey },
    prints: [...Array(4).fill('making attestations'), 'pushing'],
  },
  'docs/debugging.md': {
    files: { Dockerfile: 'FROM base\nRUN false\n' },
    prints: [' # ', 'ERR_TSBUILD_EXEC'],
    status: 1,
  },
  'docs/policies.md': { files: { Dockerfile: 'FROM scratch\nCOPY package.json /\n' }, prints: ['COPY package.json /'] },
  'docs/run.md': { files: { 'data/input': '' }, prints: ['v20.20.0', ' # ', 'v20.20.0'] },
};

let folder: TempFolder;
let store = '';

beforeAll(async () => {
  folder = await openTempFolder();
  store = folder.file('store');
  await mkdir(folder.file('node_modules/@tsbuild'), { recursive: true });
  for (const name of await readdir(`${ROOT}packages`)) {
    await symlink(`${ROOT}packages/${name}`, folder.file(`node_modules/@tsbuild/${name}`));
  }
  for (const name of ['@types', 'vitest']) {
    await symlink(`${ROOT}node_modules/${name}`, folder.file(`node_modules/${name}`));
  }
  if (!hasPart('busybox')) return;
  await using builder = await createBuilder({ root: store });
  await saveBusybox(builder);
  await builder.build({ context: { files: { npm: COMMAND } }, dockerfile: BASE, tags: ['base', 'app:dev'] });
});

afterAll(() => folder[Symbol.asyncDispose]());

test('every block of TypeScript in a document fits the packages', async () => {
  const pages = await listPages();
  await mkdir(folder.file('types'));
  for (const page of pages) {
    const snippets = readSnippets(await readFile(`${ROOT}${page}`, 'utf8'));
    for (const [at, { line, code }] of snippets.entries()) {
      const surroundings = SURROUNDINGS[`${page} ${at + 1}`] ?? SURROUNDINGS[page] ?? '';
      const path = folder.file(`types/${page.replaceAll('/', '-')}-${line}.mts`);
      await writeFile(path, `${surroundings}\n${code}\nexport {};\n`);
    }
  }
  const compilerOptions = { module: 'nodenext', strict: true, noEmit: true, skipLibCheck: true, types: ['node'] };
  const config = { compilerOptions: { ...compilerOptions, target: 'es2022' }, include: ['types'] };
  await writeFile(folder.file('tsconfig.json'), JSON.stringify(config));

  const { stdout } = await runCommand([`${ROOT}node_modules/.bin/tsc`], { cwd: folder.path });

  expect(stdout).toBe('');
});

for (const { page, files = {}, before, surroundings = '', claims } of RUNNABLE) {
  testWith('root', 'busybox')(`the code in ${page} runs, and what it says is so`, async () => {
    const cwd = folder.file(page);
    const [{ code } = { code: '' }] = readSnippets(await readFile(`${ROOT}${page}`, 'utf8'));
    await writeFiles(cwd, {
      'package.json': '{}',
      'snippet.mjs': snippetModule(`${surroundings}${code}`),
      ...files,
      ...before,
    });
    if (before !== undefined) {
      await using builder = await createBuilder({ root: store });
      await builder.build({ context: cwd });
      await writeFiles(cwd, files);
    }

    const printed = await mustRun([process.execPath, 'snippet.mjs'], { cwd, env: { TSBUILD_ROOT: store } });

    const told: readonly Claim[] = JSON.parse(printed === '' ? '[]' : printed);
    expect(told.map(({ expression, actual }) => [expression, actual])).toEqual(
      told.map(({ expression, claimed }) => [expression, claimed]),
    );
    expect(told).toHaveLength(claims);
  });
}

test('every page with commands is run, here or with the guides', async () => {
  const pages = [];
  for (const page of await listPages()) {
    if (readCommands(await readFile(`${ROOT}${page}`, 'utf8')).length > 0) pages.push(page);
  }
  expect(pages.filter((page) => !page.startsWith('docs/guides/')).sort()).toEqual(Object.keys(TYPED).sort());
});

for (const [page, { files = {}, prints, status = 0 }] of Object.entries(TYPED)) {
  testWith(
    'root',
    'busybox',
    'script',
  )(`the commands in ${page} do what it says`, async () => {
    await using registry = await startRegistry();
    const text = (await readFile(`${ROOT}${page}`, 'utf8')).replaceAll('registry.example', registry.host);
    const commands = readCommands(text.replaceAll('COSIGN_PASSWORD=…', 'COSIGN_PASSWORD=secret'));
    const cwd = folder.file(`typed/${page}`);
    await writeFiles(cwd, {
      'package.json': '{}',
      'policy.json': /^```json\n([\s\S]*?)^```$/m.exec(text)?.[1] ?? '',
      'commands.sh': commands.join('\n'),
      ...files,
    });
    const path = await commandPath(folder.file('bin'));
    const env = { BUILDKIT_PROGRESS: 'plain', NO_COLOR: '1', PATH: path, TSBUILD_ROOT: store };

    await using terminal = openTypedTerminal(`cd '${cwd}' && sh -e commands.sh`, env);

    for (const words of prints) {
      await terminal.sees(words);
      if (words === ' # ') terminal.type('exit\n');
    }
    expect([await terminal.ended, terminal.shown()]).toEqual([status, terminal.shown()]);
  });
}

/** Every page for users and developers. */
async function listPages(): Promise<string[]> {
  const docs = (await readdir(`${ROOT}docs`, { recursive: true })).filter((path) => /^(?!api).*\.md$/.test(path));
  const packages = await readdir(`${ROOT}packages`);
  return [
    'README.md',
    'CONTRIBUTING.md',
    'examples/README.md',
    ...docs.map((path) => `docs/${path}`),
    ...packages.map((name) => `packages/${name}/README.md`),
  ];
}

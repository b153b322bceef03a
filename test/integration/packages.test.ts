import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { checkPackage, createPackageFromTarballData, type ResolutionKind } from '@arethetypeswrong/core';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { mustRun, runCommand } from '../support/command.ts';
import { installPackages, packPackages } from '../support/packed-packages.ts';
import { openTempFolder, type TempFolder } from '../support/temp-folder.ts';

const CHECKOUT = fileURLToPath(new URL('../..', import.meta.url));
const NAMES = 'bake cli core dockerfile engine layer registry report sandbox store testing'.split(' ');
const LIBRARIES = NAMES.filter((name) => name !== 'cli').map((name) => `@tsbuild/${name}`);
/** Our packages are ES modules with an `exports` field; nothing else is promised. */
const PROMISED: readonly ResolutionKind[] = ['node16-esm', 'bundler'];
const MEGABYTE = 1_000_000;

let folder: TempFolder;
let tarballs: readonly string[] = [];

beforeAll(async () => {
  folder = await openTempFolder();
  await mkdir(folder.file('tarballs'));
  tarballs = await packPackages(folder.file('tarballs'));
});

afterAll(() => folder[Symbol.asyncDispose]());

test('every package is packed', () => {
  expect(tarballs.map((path) => /tsbuild-(\w+)-[\d.]+\.tgz$/.exec(path)?.[1])).toEqual(NAMES);
});

describe.each(NAMES)('@tsbuild/%s', (name) => {
  const tarball = () => tarballs.find((path) => path.includes(`/tsbuild-${name}-`)) ?? '';

  test('publint finds nothing', async () => {
    const bytes = Uint8Array.from(await readFile(tarball())).buffer;
    const { messages, pkg = {} } = await publint({ pack: { tarball: bytes }, strict: true });

    expect(messages.map((message) => formatMessage(message, pkg))).toEqual([]);
  });

  test('its types are found and fit the code', async () => {
    const checked = await checkPackage(createPackageFromTarballData(await readFile(tarball())));

    if (!checked.types) return expect(name).toBe('cli');
    const problems = checked.problems.filter(
      (problem) => !('resolutionKind' in problem) || PROMISED.includes(problem.resolutionKind),
    );
    expect(problems).toEqual([]);
  });

  test('it has what people look for, and no more', async () => {
    const files = (await mustRun(['tar', '--list', `--file=${tarball()}`])).split('\n');
    const manifest = JSON.parse(
      await mustRun(['tar', '--extract', '--to-stdout', `--file=${tarball()}`, 'package/package.json']),
    );

    expect(files).toEqual(expect.arrayContaining(['package/README.md', 'package/LICENSE']));
    expect(files.filter((path) => /\.test\.|tsbuildinfo$/.test(path))).toEqual([]);
    expect(manifest).toMatchObject({ license: 'Apache-2.0', type: 'module', engines: { node: '>=20.19' } });
    expect(manifest.keywords).toEqual(expect.arrayContaining(['container', 'oci']));
    expect(manifest.description).not.toBe('');
    expect(Object.keys(manifest.scripts ?? {})).toEqual([]);
    expect(Object.values(manifest.dependencies ?? {}).filter((range) => !/^\^?\d/.test(String(range)))).toEqual([]);
  });
});

describe('installed from their tarballs, without install scripts', () => {
  test('the command with all that it needs is under 15 MB and works', async () => {
    const project = folder.file('command');
    await mkdir(project);
    await installPackages(project, tarballs, ['@tsbuild/cli']);

    const size = await mustRun(['du', '--summarize', '--bytes', `${project}/node_modules`]);
    expect(Number.parseInt(size, 10)).toBeLessThan(15 * MEGABYTE);
    await writeFile(`${project}/Dockerfile`, 'FROM scratch\nCOPY package.json /\n');
    const output = await mustRun([`${project}/node_modules/.bin/tsbuild`, 'build', '-o', 'type=tar,dest=-', '.'], {
      cwd: project,
      env: { TSBUILD_ROOT: folder.file('store') },
    });
    expect(output).toContain('package.json');
  });

  describe('as a library', () => {
    let project = '';

    beforeAll(async () => {
      project = folder.file('library');
      await mkdir(project);
      await installPackages(project, tarballs, [...LIBRARIES, '@types/node']);
      await symlink(`${CHECKOUT}/node_modules/vitest`, `${project}/node_modules/vitest`);
      await writeFile(`${project}/consumer.ts`, CONSUMER);
    });

    test.each([
      ['node16', 'node16'],
      ['nodenext', 'nodenext'],
      ['esnext', 'bundler'],
    ])('a consumer is compiled as module %s with resolution %s', async (module, moduleResolution) => {
      const compilerOptions = { module, moduleResolution, strict: true, noEmit: true, types: ['node'] };
      const config = {
        compilerOptions: { ...compilerOptions, exactOptionalPropertyTypes: true },
        files: ['consumer.ts'],
      };
      await writeFile(`${project}/tsconfig.${moduleResolution}.json`, JSON.stringify(config));

      const { stdout } = await runCommand(
        [`${CHECKOUT}/node_modules/.bin/tsc`, '--project', `tsconfig.${moduleResolution}.json`],
        { cwd: project },
      );

      expect(stdout).toBe('');
    });

    test('every package can be imported, and required', async () => {
      const names = JSON.stringify([...LIBRARIES, '@tsbuild/registry/server']);
      await writeFile(
        `${project}/import.mjs`,
        `for (const name of ${names}) console.log(Object.keys(await import(name)).length > 0);`,
      );
      await writeFile(
        `${project}/require.cjs`,
        `for (const name of ${names}) console.log(Object.keys(require(name)).length > 0);`,
      );

      const expected = 'true\n'.repeat(LIBRARIES.length + 1);
      expect(await mustRun([process.execPath, 'import.mjs'], { cwd: project })).toBe(expected);
      expect(await mustRun([process.execPath, 'require.cjs'], { cwd: project })).toBe(expected);
    });
  });
});

/** Touches every entry, and what has types of other packages in its own. */
const CONSUMER = `
import { bake } from '@tsbuild/bake';
import { type BuildEvent, parseReference } from '@tsbuild/core';
import { parseDockerfile, stage } from '@tsbuild/dockerfile';
import { type BuildOptions, type BuildResult, build, createBuilder } from '@tsbuild/engine';
import * as layer from '@tsbuild/layer';
import * as registry from '@tsbuild/registry';
import { startRegistry, type TestRegistry } from '@tsbuild/registry/server';
import * as report from '@tsbuild/report';
import * as sandbox from '@tsbuild/sandbox';
import * as store from '@tsbuild/store';
import { buildFixture } from '@tsbuild/testing';
import '@tsbuild/testing/vitest';
import { expect } from 'vitest';

const options: BuildOptions = { context: { files: { a: '1' } }, dockerfile: stage('a').from('scratch'), onEvent: (event: BuildEvent) => event.type };
const result: Promise<BuildResult> = build(options);
// @ts-expect-error a context is needed
build({});
const server: Promise<TestRegistry> = startRegistry();
export const all = [bake, parseReference, parseDockerfile, createBuilder, layer, registry, report, sandbox, store, result, server];
export async function check() {
  const fixture = await buildFixture({ Dockerfile: 'FROM scratch' });
  const { image } = await fixture.build();
  expect(image).toHaveUser('app');
  await expect(image).toHaveFile('/a', { mode: 0o644 });
  // @ts-expect-error a path is text
  await expect(image).toHaveFile(1);
}
`;

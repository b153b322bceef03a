import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { isOrdinaryContainer } from './ordinary-container.ts';

const DOCKER = '00000000a80425fb';
const ALL = '000001ffffffffff';

test.each([
  ['an ordinary container', DOCKER, '.dockerenv', true],
  ['an ordinary container of podman', DOCKER, 'run/.containerenv', true],
  ['a privileged container', ALL, '.dockerenv', false],
  ['a bare machine', ALL, 'etc/os-release', false],
  ['a restricted service of a bare machine', DOCKER, 'etc/os-release', false],
])('%s', async (_, capabilities, file, expected) => {
  const root = await mkdtemp(join(tmpdir(), 'machine-'));
  for (const folder of ['proc/self', 'run', 'etc']) await mkdir(join(root, folder), { recursive: true });
  await writeFile(join(root, 'proc/self/status'), `CapPrm:\t${ALL}\nCapEff:\t${capabilities}\n`);
  await writeFile(join(root, file), '');
  expect(isOrdinaryContainer(root)).toBe(expected);
  await rm(root, { recursive: true });
});

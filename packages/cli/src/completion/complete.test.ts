import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createBuilder } from '@tsbuild/engine';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { COMMANDS } from '../commands.ts';
import { complete } from './complete.ts';

let cwd = '';
beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'tsbuild-complete-'));
  await writeFile(join(cwd, 'Dockerfile'), 'FROM scratch AS base\nFROM base AS test\nFROM base\n');
  await writeFile(join(cwd, 'Other'), 'FROM scratch AS other\n');
  await writeFile(join(cwd, 'compose.yaml'), 'services:\n  web: { build: . }\n  worker: { build: . }\n');
  await writeFile(join(cwd, 'one.json'), '{"group":{"all":{"targets":["first"]}},"target":{"first":{}}}');
  await writeFile(join(cwd, 'two.json'), '{"target":{"second":{}}}');
  await using builder = await createBuilder({ root: join(cwd, 'store') });
  const tags = ['app:1', 'app:2', 'registry.example:5000/team/app:1'];
  await builder.build({ context: { files: {} }, dockerfile: 'FROM scratch\nENV A=1\n', tags });
  await writeFile(join(cwd, 'Broken'), 'FORM scratch AS broken\n');
});
afterAll(() => rm(cwd, { recursive: true }));

async function offered(...words: string[]): Promise<string[]> {
  const { candidates, paths } = await complete(words, cwd);
  return [...candidates.map(({ word }) => word), ...(paths === 'none' ? [] : [`:${paths}`])];
}

test('the first word is a command, and says what it does', async () => {
  expect(await offered('')).toEqual([...COMMANDS.keys(), 'help', 'image', '--help', '--version']);
  expect((await complete(['bak'], cwd)).candidates).toEqual([
    { word: 'bake', meaning: 'Build many images from Compose or bake files' },
  ]);
});

test.each([
  [['bu'], ['build', 'builds']],
  [['help', 'ta'], ['tag']],
  [
    ['image', 'l'],
    ['list', 'load', 'ls'],
  ],
  [['image', 'ls', '--dig'], ['--digests']],
  [['nonsense', ''], []],
  [
    ['build', '--no-c'],
    ['--no-cache', '--no-cache-filter'],
  ],
  [['build', '--builde'], []],
  [['build', '--progress', 'p'], ['plain']],
  [['build', '--progress=r'], ['--progress=rawjson']],
  [
    ['build', '--network', ''],
    ['default', 'host', 'none'],
  ],
  [
    ['build', '--no-cache='],
    ['--no-cache=true', '--no-cache=false'],
  ],
  [['build', '--output', 'type=l'], ['type=local']],
  [
    ['build', '--runner='],
    ['--runner=builtin', '--runner=runc', '--runner=crun'],
  ],
  [['build', '--build-arg', ''], []],
  [['build', '--file', ''], [':files']],
  [['build', '-f', 'Dock'], [':files']],
  [['build', '-qf', ''], [':files']],
  [['build', '-q', ''], [':folders']],
  [['build', '--root='], [':folders']],
  [['build', ''], [':folders']],
  [['build', '--', '--no-c'], [':folders']],
  [['build', '.', ''], []],
  [
    ['build', '--target', ''],
    ['base', 'test'],
  ],
  [['build', '--target=t'], ['--target=test']],
  [['build', '--file', 'Other', '--target', ''], ['other']],
  [['build', '-f=Other', '.', '--target', ''], ['other']],
  [['build', '--file=Broken', '--target', ''], []],
  [['build', 'nowhere', '--target', ''], []],
  [['import', ''], [':files']],
  [
    ['store', ''],
    ['verify', 'rm'],
  ],
  [
    ['builds', 'l'],
    ['ls', 'logs'],
  ],
  [
    ['completion', ''],
    ['bash', 'fish', 'zsh'],
  ],
  [
    ['doctor', '--format', ''],
    ['text', 'json'],
  ],
  [['run', 'app', '--no'], [':files']],
  [
    ['run', '--root', 'store', ''],
    ['app:1', 'app:2', 'registry.example:5000/team/app:1'],
  ],
  [['inspect', '--root=store', 'reg'], ['registry.example:5000/team/app:1']],
  [['rmi', '--root', 'store', 'app:1', 'app'], ['app:2']],
  [['image', 'rm', '--root', 'store', 'app:2'], ['app:2']],
  [['tag', '--root', 'store', 'app:1', 'app:'], ['app:2']],
  [['tag', '--root', 'store', 'app:1', 'app:2', 'app'], []],
  [['history', '--root', 'store', 'app:1', 'app'], []],
  [
    ['push', '--root', 'store', 'app'],
    ['app:1', 'app:2'],
  ],
  [['save', '--root', 'nothing', ''], []],
  [
    ['bake', ''],
    ['default', 'web', 'worker'],
  ],
  [['bake', 'web', 'w'], ['worker']],
  [
    ['bake', '-f', 'one.json', '--file=two.json', ''],
    ['all', 'first', 'second'],
  ],
  [['bake', '-f', 'Broken', ''], []],
])('%j is completed by %j', async (words, expected) => {
  expect(await offered(...words)).toEqual(expected);
});

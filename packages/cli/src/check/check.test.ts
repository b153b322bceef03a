import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readCall } from './call-flag.ts';
import { runCheck } from './run-check.ts';

const text = { format: 'text', ignoreStatus: false } as const;
let context = '';

beforeAll(async () => {
  context = await mkdtemp(join(tmpdir(), 'tsbuild-check-'));
  await writeFile(join(context, 'Dockerfile'), 'FROM scratch AS Base\nCOPY secret.txt /\n');
  await writeFile(join(context, '.dockerignore'), '*.txt\n');
});

afterAll(() => rm(context, { recursive: true }));

test('warnings are shown with their lines, and the status is 1', async () => {
  expect(await runCheck(text, { context, dockerfile: 'FROM scratch AS Base\n' })).toEqual({
    exitCode: 1,
    stdout: `Check complete, 1 warning has been found!

WARNING: StageNameCasing - https://docs.docker.com/go/dockerfile/rule/stage-name-casing/
Stage name 'Base' should be lowercase
Dockerfile:1
>> 1 | FROM scratch AS Base
`,
  });
});

test('what .dockerignore leaves out is known', async () => {
  const { exitCode, stdout } = await runCheck({ format: 'json', ignoreStatus: true }, { context });
  const { warnings, sources } = JSON.parse(stdout ?? '');
  expect([exitCode, warnings.map(({ ruleName }: { ruleName: string }) => ruleName), sources[0].filename]).toEqual([
    0,
    ['StageNameCasing', 'CopyIgnoredFile'],
    'Dockerfile',
  ]);
});

test('a clean Dockerfile has status 0', async () => {
  expect(await runCheck(text, { context, dockerfile: 'FROM scratch\nCOPY a /\n' })).toEqual({
    exitCode: 0,
    stdout: 'Check complete, no warnings found.\n',
  });
});

test('a Dockerfile that is not there is named', async () => {
  await expect(runCheck(text, { context, file: 'No' })).rejects.toMatchObject({
    code: 'ERR_TSBUILD_DOCKERFILE_NOT_FOUND',
  });
});

test('--call and --check ask for a check or a build', () => {
  expect([readCall(undefined, false), readCall('build', false), readCall(undefined, true)]).toEqual([
    undefined,
    undefined,
    text,
  ]);
  expect(readCall('check,format=json,ignorestatus=true', false)).toEqual({ format: 'json', ignoreStatus: true });
  expect(() => readCall('outline', false)).toThrow('--call=outline is not supported');
  expect(() => readCall('check,formt=json', false)).toThrow('unknown field "formt=json" in --call');
});

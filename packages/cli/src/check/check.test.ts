import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Builder, type BuildOptions, createBuilder } from '@tsbuild/engine';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type CallRequest, readCall } from './call-flag.ts';
import { runCall } from './run-call.ts';

const check = { method: 'check', format: 'text', ignoreStatus: false } as const;
let context = '';
let builder: Builder;

beforeAll(async () => {
  context = await mkdtemp(join(tmpdir(), 'tsbuild-check-'));
  await writeFile(join(context, 'Dockerfile'), 'FROM scratch AS Base\nCOPY secret.txt /\n');
  await writeFile(join(context, '.dockerignore'), '*.txt\n');
  builder = await createBuilder({ root: join(context, 'store') });
});

afterAll(async () => {
  await builder[Symbol.asyncDispose]();
  await rm(context, { recursive: true });
});

function call(request: CallRequest, options: Partial<BuildOptions> = {}) {
  return runCall(request, { context, ...options }, builder);
}

test('warnings are shown with their lines, and the status is 1', async () => {
  expect(await call(check, { dockerfile: 'FROM scratch AS Base\n' })).toEqual({
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
  const { exitCode, stdout } = await call({ method: 'check', format: 'json', ignoreStatus: true });
  const { warnings, sources } = JSON.parse(stdout ?? '');
  expect([exitCode, warnings.map(({ ruleName }: { ruleName: string }) => ruleName), sources[0].filename]).toEqual([
    0,
    ['StageNameCasing', 'CopyIgnoredFile'],
    'Dockerfile',
  ]);
});

test('a clean Dockerfile has status 0', async () => {
  expect(await call(check, { dockerfile: 'FROM scratch\nCOPY a /\n' })).toEqual({
    exitCode: 0,
    stdout: 'Check complete, no warnings found.\n',
  });
});

test('build arguments decide what is found', async () => {
  const dockerfile = 'ARG BASE\nFROM $BASE\n';
  expect((await call(check, { dockerfile })).stdout).toContain('InvalidDefaultArgInFrom');
  expect((await call(check, { dockerfile, buildArgs: { BUILDKIT_DOCKERFILE_CHECK: 'skip=all' } })).exitCode).toBe(0);
});

test('a Dockerfile that is not there is named', async () => {
  await expect(call(check, { file: 'No' })).rejects.toMatchObject({ code: 'ERR_TSBUILD_DOCKERFILE_NOT_FOUND' });
});

const STAGES = `# syntax=docker/dockerfile:1
# VERSION of the base
ARG VERSION=22
ARG UNUSED=1
# base has the tools
FROM node:$VERSION AS base
# TOKEN_URL says where tokens come from
ARG TOKEN_URL=https://example.com
RUN --mount=type=secret,id=npm,required=true --mount=type=cache,target=/root/.npm --mount=type=ssh true
FROM scratch AS other
ARG NOT_HERE
FROM base
ARG VERSION
`;

test('--call=targets lists the stages', async () => {
  const targets = { ...check, method: 'targets' } as const;
  const { stdout } = await call(targets, { dockerfile: STAGES });
  expect(stdout).toBe(`TARGET      DESCRIPTION
base        has the tools
other       
(default)   
`);
  const { stdout: json } = await call({ ...targets, format: 'json' }, { dockerfile: STAGES });
  expect(JSON.parse(json ?? '').targets[0]).toEqual({
    name: 'base',
    description: 'has the tools',
    base: 'node:22',
    location: { ranges: [{ start: { line: 6 }, end: { line: 6 } }] },
  });
});

test('--call=outline says what a target takes', async () => {
  const outline = { ...check, method: 'outline' } as const;
  const { stdout } = await call(outline, { dockerfile: STAGES, buildArgs: { TOKEN_URL: 'http://x' } });
  expect(stdout).toBe(`BUILD ARG   VALUE      DESCRIPTION
VERSION     22         of the base
TOKEN_URL   http://x   says where tokens come from
VERSION     22         

SECRET   REQUIRED
npm      true

SSH       REQUIRED
default   

CACHE MOUNT
/root/.npm
`);
  const { stdout: json } = await call({ ...outline, format: 'json' }, { dockerfile: STAGES, target: 'base' });
  expect(JSON.parse(json ?? '')).toMatchObject({ name: 'base', secrets: [{ name: 'npm', required: true }] });
});

test('--call and --check ask for a call or a build', () => {
  expect([readCall(undefined, false), readCall('build', false), readCall(undefined, true)]).toEqual([
    undefined,
    undefined,
    check,
  ]);
  expect(readCall('check,format=json,ignorestatus=true', false)).toEqual({
    method: 'check',
    format: 'json',
    ignoreStatus: true,
  });
  expect(() => readCall('outlin', false)).toThrow('invalid value "outlin" for --call');
  expect(() => readCall('check,formt=json', false)).toThrow('unknown field "formt=json" in --call');
});

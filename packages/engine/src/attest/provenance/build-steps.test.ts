import { hostPlatform } from '@tsbuild/core';
import { expect, test } from 'vitest';
import type { ExecVertex, FileVertex, StepInfo } from '../../graph.ts';
import { buildSteps } from './build-steps.ts';
import { isHermetic, mountedIds } from './inputs.ts';

const STEP: StepInfo = { id: '1', name: 's', label: 's', range: undefined, lineages: [], noCache: false };
const SECRET = { type: 'secret', required: true, mode: 0o400, uid: 0, gid: 0 } as const;
const ROOT: FileVertex = {
  op: 'file',
  step: STEP,
  parent: undefined,
  actions: [{ kind: 'http', url: 'https://user:token@files.example/a.tar', checksum: 'sha256:1', unpack: true }],
  target: '/',
  chown: '1:2',
  chmod: undefined,
  link: false,
  parents: false,
  excludes: ['*.md'],
};
const RUN: ExecVertex = {
  op: 'exec',
  step: STEP,
  parent: ROOT,
  args: ['/bin/sh', '-c', 'make'],
  env: { PATH: '/bin', A: 'b' },
  proxyEnv: { HTTP_PROXY: 'http://user:token@proxy.example' },
  cwd: '/src',
  user: '1000',
  network: 'none',
  security: 'sandbox',
  mounts: [
    { ...SECRET, id: 'npm', target: '/run/secrets/npm', env: undefined },
    { ...SECRET, id: 'token', target: undefined, env: 'TOKEN', required: false },
    { type: 'ssh', id: 'default', target: undefined, required: true, mode: 0o600, uid: 0, gid: 0 },
    { type: 'bind', target: '/m', source: { kind: 'rootfs', rootfs: ROOT, name: 'x' }, path: 'a', writable: false },
    { type: 'tmpfs', target: '/tmp', sizeBytes: undefined },
  ],
  script: undefined,
  extraHosts: {},
  hostname: undefined,
  platform: hostPlatform(),
};

test('a command is told with its mounts, and secrets and agents by their ids alone', () => {
  const steps = buildSteps([ROOT, RUN], RUN);

  expect(steps.map(({ id, op, inputs }) => ({ id, op, inputs }))).toEqual([
    { id: 'step0', op: { Op: { source: { identifier: 'https://files.example/a.tar' } } }, inputs: undefined },
    {
      id: 'step1',
      op: {
        Op: {
          file: {
            actions: [
              {
                input: -1,
                secondaryInput: 0,
                Action: {
                  copy: {
                    src: '/',
                    dest: '/',
                    owner: '1:2',
                    excludePatterns: ['*.md'],
                    attemptUnpackDockerCompatibility: true,
                    checksum: 'sha256:1',
                  },
                },
              },
            ],
          },
        },
      },
      inputs: ['step0:0'],
    },
    {
      id: 'step2',
      op: {
        Op: {
          exec: {
            meta: { args: ['/bin/sh', '-c', 'make'], env: ['A=b', 'PATH=/bin'], cwd: '/src', user: '1000' },
            mounts: [
              { input: 0, dest: '/', output: 0 },
              {
                input: -1,
                dest: '/run/secrets/npm',
                output: -1,
                mountType: 'SECRET',
                secretOpt: { ID: 'npm', uid: 0, gid: 0, mode: 0o400 },
              },
              {
                input: -1,
                dest: '',
                output: -1,
                mountType: 'SSH',
                SSHOpt: { ID: 'default', uid: 0, gid: 0, mode: 0o600 },
              },
              { input: 0, dest: '/m', output: -1, selector: 'a', readonly: true },
              { input: -1, dest: '/tmp', output: -1, mountType: 'TMPFS' },
            ],
            network: 'NONE',
            secretenv: [{ ID: 'token', name: 'TOKEN', optional: true }],
          },
        },
        platform: { Architecture: hostPlatform().architecture, OS: 'linux' },
      },
      inputs: ['step1:0'],
    },
    { id: 'step3', op: { Op: {} }, inputs: ['step2:0'] },
  ]);
});

test('the request names secrets and agents, and whether they are needed', () => {
  expect(mountedIds([ROOT, RUN], 'secret')).toEqual([{ id: 'npm' }, { id: 'token', optional: true }]);
  expect(mountedIds([ROOT, RUN], 'ssh')).toEqual([{ id: 'default' }]);
});

test('a build is hermetic when no command has a network', () => {
  expect(isHermetic([ROOT, RUN])).toBe(true);
  expect(isHermetic([ROOT, { ...RUN, network: 'default' }])).toBe(false);
});

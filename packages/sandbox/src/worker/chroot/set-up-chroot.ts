import { mkdirSync, rmSync } from 'node:fs';
import { TsbuildError } from '@tsbuild/core';
import type { WorkerSettings } from '../../protocol.ts';
import type { RunTools } from '../run.ts';
import { Undoing } from '../undoing.ts';
import { prepareChroot } from './chroot-root.ts';
import { ChrootRunner } from './chroot-runner.ts';

const NOTHING = { args: ['nothing'], env: {}, cwd: '/', user: '', network: 'host' } as const;
const ROOT = { uid: 0, gid: 0, groups: [], home: '/' };

/** Makes a worker of an ordinary process of root. @throws when it may not do what every run does */
export function setUpChroot({ folder, runner: wanted }: WorkerSettings): Omit<RunTools, 'send'> {
  if (wanted !== 'builtin') {
    throw new TsbuildError('ERR_TSBUILD_RUN_UNAVAILABLE', `${wanted} needs namespaces, which the tier chroot lacks`);
  }
  const runner = new ChrootRunner();
  const [root, place] = [`${folder}/self-test`, `${folder}/self-test-aside`];
  for (const path of [root, place]) mkdirSync(path);
  const undoing = new Undoing();
  try {
    const order = { id: 0, folder: place, lowers: [], upper: root, copy: root, process: NOTHING };
    prepareChroot({ ...order, mounts: [], hasInput: false, hasOneOutput: false }, undoing);
    const started = runner.start({
      spec: NOTHING,
      env: {},
      program: '/nothing',
      cwd: '/',
      user: ROOT,
      root,
      hasInput: false,
      hasOneOutput: false,
    });
    if ('ended' in started) throw new Error('a program that does not exist was started');
  } finally {
    undoing.finish();
    for (const path of [root, place]) rmSync(path, { recursive: true });
  }
  return { runner, prepare: prepareChroot };
}

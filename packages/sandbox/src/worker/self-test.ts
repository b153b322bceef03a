import { mkdirSync, rmdirSync, rmSync } from 'node:fs';
import type { ProcessSpec } from '@tsbuild/core';
import { TsbuildError } from '@tsbuild/core';
import { errnoName } from '../linux/libc.ts';
import { commandCalls } from './command-calls.ts';
import { Root } from './root.ts';
import type { RunTools } from './run.ts';
import { RunPlace } from './run-place.ts';

const NOTHING: ProcessSpec = { args: ['nothing'], env: {}, cwd: '/', user: '', network: 'host' };
const ROOT = { uid: 0, gid: 0, groups: [], home: '/' };

/**
 * Does what every run does, up to the start of a program that does not exist: overlay, opaque folder, `/dev`, `/proc`,
 * the change of root. @throws when this machine forbids any of it
 */
export function selfTest(tools: RunTools, folder: string): void {
  const [disk, lower] = [`${folder}/self-test`, `${folder}/self-test-lower`];
  mkdirSync(disk);
  mkdirSync(`${lower}/d`, { recursive: true });
  const place = new RunPlace({ memory: tools.memory, disk, ...tools.features });
  try {
    const root = new Root(place, [lower]);
    try {
      rmdirSync(`${place.root}/d`);
      mkdirSync(`${place.root}/d`);
      root.mountDevices(undefined);
      startNothing(tools, place);
    } finally {
      root.close();
    }
  } finally {
    place.close();
    for (const path of [disk, lower]) rmSync(path, { recursive: true });
  }
}

function startNothing({ launcher, features, lastCapability }: RunTools, place: RunPlace): void {
  const calls = commandCalls(NOTHING, { root: place.root, cwd: '/', user: ROOT, lastCapability, features });
  const result = launcher.start({ args: ['nothing'], env: {}, program: '/nothing', calls, owner: ROOT });
  if (!('errno' in result)) throw new Error('a program that does not exist was started');
  const failed = calls[result.index];
  if (failed === undefined) return;
  const subject = failed.args.filter((argument) => typeof argument === 'string').join(' ');
  throw new TsbuildError(
    'ERR_TSBUILD_RUN_UNAVAILABLE',
    `${`${failed.name} ${subject}`.trim()}: ${errnoName(result.errno)}`,
  );
}

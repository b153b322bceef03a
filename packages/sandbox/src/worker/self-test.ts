import { mkdirSync, rmdirSync, rmSync } from 'node:fs';
import type { ProcessSpec } from '@tsbuild/core';
import type { TierFeatures } from '../protocol.ts';
import { BuiltinRunner } from './builtin-runner.ts';
import { OverlayRoot } from './overlay-root.ts';
import type { OverlayPlace } from './prepare-overlay.ts';
import { RunPlace } from './run-place.ts';
import type { Runner } from './runner.ts';

const NOTHING: ProcessSpec = { args: ['nothing'], env: {}, cwd: '/', user: '', network: 'host' };
const ROOT = { uid: 0, gid: 0, groups: [], home: '/' };

/**
 * Does what every run does, up to the start of a program that does not exist: overlay, opaque folder, `/dev`, `/proc`,
 * the change of root. @throws when this machine forbids any of it
 */
export function selfTest(
  features: TierFeatures,
  folder: string,
  { layerNames, devices }: Pick<OverlayPlace, 'layerNames' | 'devices'>,
): void {
  const [disk, lower] = [`${folder}/self-test`, `${folder}/self-test-lower`];
  mkdirSync(disk);
  mkdirSync(`${lower}/d`, { recursive: true });
  const place = new RunPlace({ memory: `${folder}/self-test-memory`, disk, layerNames, ...features });
  try {
    const root = new OverlayRoot(place, [lower]);
    try {
      rmdirSync(`${place.root}/d`);
      mkdirSync(`${place.root}/d`);
      root.mountDevices(devices, undefined);
      startNothing(new BuiltinRunner(features), place.root);
    } finally {
      root.close();
    }
  } finally {
    place.close();
    for (const path of [disk, lower]) rmSync(path, { recursive: true });
  }
}

function startNothing(runner: Runner, root: string): void {
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
}

import { existsSync, mkdirSync, statfsSync } from 'node:fs';
import { MS_NODEV, MS_NOEXEC, MS_NOSUID } from '../linux/flags.ts';
import { mount } from '../linux/libc.ts';
import type { WorkerSettings } from '../protocol.ts';
import { BuiltinRunner } from './builtin-runner.ts';
import { LayerNames } from './layer-names.ts';
import { OciRunner } from './oci-runner.ts';
import { ownRoot } from './own-root.ts';
import { prepareOverlay } from './prepare-overlay.ts';
import type { RunTools } from './run.ts';
import type { Runner } from './runner.ts';
import { selfTest } from './self-test.ts';
import { SpareDevices } from './spare-devices.ts';

/** Where version 2 is mounted beside version 1. */
const UNIFIED = '/sys/fs/cgroup/unified';
/** `CGROUP2_SUPER_MAGIC` of linux/magic.h. */
const CGROUP2 = 0x63677270;

/** Makes a worker of a process that has namespaces of its own. @throws when this machine forbids what every run does */
export function setUpNamespaces(settings: WorkerSettings): Omit<RunTools, 'send'> {
  ownRoot(settings.folder);
  const memory = `${settings.folder}/memory`;
  mkdirSync(memory, 0o700);
  mount({ source: 'tmpfs', target: memory, type: 'tmpfs', flags: MS_NOSUID | MS_NODEV, data: 'mode=700' });
  const layerNames = new LayerNames(`${memory}/layers`, settings.userNamespace ? 'user' : 'trusted');
  const devices = new SpareDevices(`${memory}/dev`);
  selfTest(settings, settings.folder, { layerNames, devices });
  return {
    runner: createRunner(settings, memory),
    prepare: (order, undoing) =>
      prepareOverlay(order, { memory: `${memory}/${order.id}`, layerNames, devices, features: settings }, undoing),
    rest: () => devices.prepare(),
  };
}

function createRunner(settings: WorkerSettings, memory: string): Runner {
  if (settings.runner === 'builtin') return new BuiltinRunner(settings);
  // The runtime looks up its container's processes, by their numbers here.
  mount({ source: 'proc', target: '/proc', type: 'proc', flags: MS_NOSUID | MS_NODEV | MS_NOEXEC });
  if (settings.runner === 'crun') hideUnifiedCgroups();
  return new OciRunner(settings.runner, settings, memory);
}

/** Where cgroups of both versions are mounted, crun starts nothing; without those of version 2 it does. */
function hideUnifiedCgroups(): void {
  if (!existsSync(UNIFIED) || statfsSync(UNIFIED).type !== CGROUP2) return;
  mount({ source: 'tmpfs', target: UNIFIED, type: 'tmpfs', flags: MS_NOSUID | MS_NODEV | MS_NOEXEC, data: 'mode=755' });
}

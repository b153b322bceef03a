import { mkdirSync } from 'node:fs';
import { MS_NODEV, MS_NOEXEC, MS_NOSUID } from '../linux/flags.ts';
import { mount } from '../linux/libc.ts';
import type { WorkerSettings } from '../protocol.ts';
import { BuiltinRunner } from './builtin-runner.ts';
import { OciRunner } from './oci-runner.ts';
import { ownRoot } from './own-root.ts';
import { prepareOverlay } from './prepare-overlay.ts';
import type { RunTools } from './run.ts';
import type { Runner } from './runner.ts';
import { selfTest } from './self-test.ts';

/** Makes a worker of a process that has namespaces of its own. @throws when this machine forbids what every run does */
export function setUpNamespaces(settings: WorkerSettings): Omit<RunTools, 'send'> {
  ownRoot(settings.folder);
  const memory = `${settings.folder}/memory`;
  mkdirSync(memory, 0o700);
  mount({ source: 'tmpfs', target: memory, type: 'tmpfs', flags: MS_NOSUID | MS_NODEV, data: 'mode=700' });
  selfTest(settings, settings.folder);
  return {
    runner: createRunner(settings, memory),
    prepare: (order, closers) =>
      prepareOverlay(order, { memory: `${memory}/${order.id}`, features: settings }, closers),
  };
}

function createRunner(settings: WorkerSettings, memory: string): Runner {
  if (settings.runner === 'builtin') return new BuiltinRunner(settings);
  // The runtime looks up its container's processes, by their numbers here.
  mount({ source: 'proc', target: '/proc', type: 'proc', flags: MS_NOSUID | MS_NODEV | MS_NOEXEC });
  return new OciRunner(settings.runner, settings, memory);
}

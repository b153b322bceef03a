import { TsbuildError } from '@tsbuild/core';
import { Archivers } from '../archivers.ts';
import { WorkerProcess } from '../worker-process.ts';
import type { StartedTier, TierOptions } from './tier.ts';

/** Root of an ordinary container, which may neither mount nor make namespaces, but may change its root directory. */
export async function startChrootTier(options: TierOptions): Promise<StartedTier> {
  if (process.getuid?.() !== 0) {
    throw new TsbuildError('ERR_TSBUILD_RUN_UNAVAILABLE', 'this process is not root', { hint: 'run it with sudo' });
  }
  const settings = { ...options, hasNamespaces: false, userNamespace: false, mapsGroups: true };
  const worker = await WorkerProcess.start(settings, { prefix: [] });
  const format = { overlay: 'trusted', owners: 'real' } as const;
  return { worker, archivers: new Archivers([]), idMap: 'chroot', format };
}

import { readFileSync } from 'node:fs';
import { TsbuildError } from '@tsbuild/core';
import { Archivers } from '../archivers.ts';
import { WorkerProcess } from '../worker-process.ts';
import { explainOverlay } from './overlay-on-overlay.ts';
import { namesItsMend, type StartedTier, type TierOptions } from './tier.ts';

/** The worker makes its mounts private itself: `unshare` could not where `/` is no mount. */
const NAMESPACES = ['unshare', '--mount', '--propagation', 'unchanged', '--pid', '--fork', '--kill-child', '--'];
const WHOLE_ID_MAP = /^\s*0\s+0\s+4294967295\s*$/;

/** Mount and pid namespaces made by root; ids are what they are. */
export async function startRootTier(options: TierOptions): Promise<StartedTier> {
  if (process.getuid?.() !== 0) {
    throw new TsbuildError('ERR_TSBUILD_RUN_UNAVAILABLE', 'this process is not root', { hint: 'run it with sudo' });
  }
  const overlay = isWholeIdMap() ? 'trusted' : 'user';
  const settings = { ...options, hasNamespaces: true, userNamespace: overlay === 'user', mapsGroups: true };
  const worker = WorkerProcess.start(settings, { prefix: NAMESPACES });
  const archivers = new Archivers([]);
  try {
    return {
      worker: await worker,
      archivers,
      idMap: overlay === 'trusted' ? 'root' : 'root-user',
      format: { overlay, owners: 'real' },
    };
  } catch (error) {
    await archivers[Symbol.asyncDispose]();
    const explained = explainOverlay(error, options.folder);
    if (explained !== error || namesItsMend(error)) throw explained;
    throw new TsbuildError('ERR_TSBUILD_RUN_UNAVAILABLE', messageOf(error), {
      cause: error,
      hint: 'in a container: start it with --privileged, or without limits on mounts and namespaces',
    });
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Root of a user namespace may mount overlays, too, but may not use their `trusted` attributes. */
function isWholeIdMap(): boolean {
  return WHOLE_ID_MAP.test(readFileSync('/proc/self/uid_map', 'utf8'));
}

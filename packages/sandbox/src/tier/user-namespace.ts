import { type ChildProcess, execFile } from 'node:child_process';
import { once } from 'node:events';
import { promisify } from 'node:util';
import { digestHex, digestOf, TsbuildError } from '@tsbuild/core';
import { Archivers } from '../archivers.ts';
import { WorkerProcess } from '../worker-process.ts';
import { explainOverlay } from './overlay-on-overlay.ts';
import { mapArguments, subordinateIds } from './subordinate-ids.ts';
import { namesItsMend, type StartedTier, type TierOptions } from './tier.ts';
import { explainUserNamespaces } from './user-namespace-limits.ts';

const run = promisify(execFile);

const NAMESPACES = ['unshare', '--user', '--mount', '--pid', '--fork', '--kill-child'];
/** Waits until the ids are mapped: only the start of a program as root gives it the rights of root. */
const GATE = ['--', '/bin/sh', '-c', 'echo; read -r _; exec "$@"', 'sh'];

/** A user namespace in which the caller is root and its subordinate ids are the others. */
export async function startUsernsTier(options: TierOptions): Promise<StartedTier> {
  const [uid, gid] = callerIds();
  const uids = mapArguments(uid, subordinateIds('/etc/subuid', uid));
  const gids = mapArguments(gid, subordinateIds('/etc/subgid', uid));
  const mapIds = async (child: ChildProcess) => {
    await gateReached(child);
    await writeMap('newuidmap', child.pid, uids);
    await writeMap('newgidmap', child.pid, gids);
    child.stdin?.write('\n');
  };
  const settings = { ...options, hasNamespaces: true, userNamespace: true, mapsGroups: true };
  const worker = await startWorker(settings, { prefix: [...NAMESPACES, ...GATE], prepare: mapIds });
  const idMap = `userns-${digestHex(digestOf([...uids, ...gids].join(' '))).slice(0, 16)}`;
  return { worker, archivers: new Archivers(enter(worker)), idMap, format: { overlay: 'user', owners: 'real' } };
}

/** A user namespace in which the caller is root and there is nobody else. */
export async function startUsernsSingleTier({ ignoreChownErrors, ...options }: TierOptions): Promise<StartedTier> {
  callerIds();
  const features = { userNamespace: true, mapsGroups: false, ignoresChown: ignoreChownErrors };
  const settings = { ...options, hasNamespaces: true, ...features };
  const worker = await startWorker(settings, { prefix: [...NAMESPACES, '--map-root-user', '--'] });
  const format = { overlay: 'user', owners: 'noted' } as const;
  const archivers = new Archivers(enter(worker));
  const weaker = ignoreChownErrors === true ? { resultClass: 'userns-single-ignore-chown-errors' } : {};
  return { worker, archivers, idMap: 'userns-single', format, ...weaker };
}

function callerIds(): readonly [uid: number, gid: number] {
  const [uid, gid] = [process.getuid?.(), process.getgid?.()];
  if (uid === undefined || gid === undefined) throw new Error('no user ids on this platform');
  if (uid === 0) throw new TsbuildError('ERR_TSBUILD_RUN_UNAVAILABLE', 'this process is root and needs no mapping');
  return [uid, gid];
}

async function startWorker(...[settings, launch]: Parameters<typeof WorkerProcess.start>): Promise<WorkerProcess> {
  try {
    return await WorkerProcess.start(settings, launch);
  } catch (error) {
    throw namesItsMend(error) ? error : explainUserNamespaces(explainOverlay(error, settings.folder));
  }
}

/** Starts a program in the user namespace of the worker. */
function enter(worker: WorkerProcess): readonly string[] {
  return ['nsenter', '--user', '--preserve-credentials', '--target', String(worker.pid), '--'];
}

async function gateReached(child: ChildProcess): Promise<void> {
  const { stdout } = child;
  if (stdout === null) throw new Error('the worker has no output');
  await Promise.race([
    once(stdout, 'data'),
    once(child, 'exit').then(() => Promise.reject(new Error('unshare ended'))),
  ]);
}

async function writeMap(program: 'newuidmap' | 'newgidmap', pid: number | undefined, args: readonly string[]) {
  try {
    await run(program, [String(pid), ...args]);
  } catch (cause) {
    const isMissing = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
    const reason = isMissing ? `${program} is not installed` : `${program} failed: ${String(cause).trim()}`;
    throw new TsbuildError('ERR_TSBUILD_RUN_UNAVAILABLE', reason, {
      cause,
      hint: isMissing ? 'sudo apt-get install uidmap' : 'compare /etc/subuid and /etc/subgid',
    });
  }
}

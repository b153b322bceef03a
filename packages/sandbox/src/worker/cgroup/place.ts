import { mkdirSync, readdirSync, readFileSync, rmdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { systemErrorCode, TsbuildError } from '@tsbuild/core';
import { type Controller, findHierarchy, type Hierarchy } from './hierarchies.ts';

const PREFIX = 'tsbuild-';
/** Takes what stands in the way: a cgroup of version 2 has processes or gives controllers to others, not both. */
const OTHERS = `${PREFIX}others`;
const STALE_MS = 60_000;
const REMOVAL_TRIES = 100;
const REMOVAL_PAUSE_MS = 10;

/** A folder in which cgroups with limits of some controllers can be made. */
export interface CgroupPlace {
  readonly version: 1 | 2;
  /** Where the tree is mounted. */
  readonly top: string;
  readonly folder: string;
  readonly controllers: readonly Controller[];
}

/** Where this machine lets us limit what `controllers` do. @throws {TsbuildError} ERR_TSBUILD_RUN_UNAVAILABLE */
export function findPlaces(controllers: readonly Controller[]): readonly CgroupPlace[] {
  const found = controllers.map((controller) => ({ controller, hierarchy: requireController(controller) }));
  const unified = found.filter(({ hierarchy }) => hierarchy.version === 2);
  const places = found
    .filter(({ hierarchy }) => hierarchy.version === 1)
    .map(({ controller, hierarchy: { top, own } }): CgroupPlace => {
      return { version: 1, top, folder: own, controllers: [controller] };
    });
  const [first] = unified;
  if (first === undefined) return places;
  return [
    ...places,
    unifiedPlace(
      first.hierarchy,
      unified.map(({ controller }) => controller),
    ),
  ];
}

/** The tree that has `controller`, and its place for our cgroups has it, too. @throws {TsbuildError} ERR_TSBUILD_RUN_UNAVAILABLE */
export function requireController(controller: Controller): Hierarchy {
  const hierarchy = findHierarchy(controller);
  if (hierarchy === undefined) throw refusal(controller, 'no cgroup file system for it is mounted here');
  const folder = parentIn(hierarchy);
  if (hierarchy.version === 2 && !wordsOf(join(folder, 'cgroup.controllers')).includes(controller))
    throw refusal(controller, `${folder} does not have it`);
  return hierarchy;
}

/**
 * The folder that cgroups with limits are made in. In version 1 it is ours. In version 2 it is beside our own cgroup, in a
 * folder without processes: they are in its cgroups. Only where ours is all that we see, as in a container, it is the top,
 * and its processes make room.
 */
export function parentIn({ version, top, own }: Hierarchy): string {
  return version === 1 || own === top ? own : dirname(own);
}

function unifiedPlace(hierarchy: Hierarchy, controllers: readonly Controller[]): CgroupPlace {
  const folder = parentIn(hierarchy);
  for (const controller of controllers) enable(folder, controller);
  return { version: 2, top: hierarchy.top, folder, controllers };
}

function enable(folder: string, controller: Controller): void {
  if (wordsOf(join(folder, 'cgroup.subtree_control')).includes(controller)) return;
  const write = () => writeFileSync(join(folder, 'cgroup.subtree_control'), `+${controller}`);
  try {
    try {
      write();
    } catch (error) {
      if (systemErrorCode(error) !== 'EBUSY') throw error;
      makeRoom(folder);
      write();
    }
  } catch (error) {
    throw refusal(controller, reasonOf(error, folder), error);
  }
}

function makeRoom(folder: string): void {
  const others = join(folder, OTHERS);
  mkdirSync(others, { recursive: true });
  for (const pid of wordsOf(join(folder, 'cgroup.procs'))) {
    try {
      writeFileSync(join(others, 'cgroup.procs'), pid);
    } catch (error) {
      if (systemErrorCode(error) !== 'ESRCH') throw error; // it has ended
    }
  }
}

/** A cgroup that nothing is in yet. @throws {TsbuildError} ERR_TSBUILD_RUN_UNAVAILABLE */
export function makeCgroup({ folder, controllers, version }: CgroupPlace, name: string): string {
  const path = join(folder, `${PREFIX}${name}`);
  const [controller = 'memory'] = controllers;
  try {
    mkdirSync(path);
    if (version === 1 && controller === 'cpuset') inheritCpus(folder, path);
    return path;
  } catch (error) {
    throw refusal(controller, reasonOf(error, folder), error);
  }
}

/** In version 1 a new set has no processors and takes no process. */
function inheritCpus(parent: string, path: string): void {
  for (const file of ['cpuset.cpus', 'cpuset.mems']) {
    writeFileSync(join(path, file), readFileSync(join(parent, file), 'utf8').trim());
  }
}

/** Waits until the kernel has taken leave of the processes that were in it. */
export async function removeCgroup(path: string): Promise<void> {
  for (let tries = 0; tries < REMOVAL_TRIES; tries += 1) {
    if (isRemoved(path)) return;
    await new Promise((resolve) => setTimeout(resolve, REMOVAL_PAUSE_MS));
  }
}

/** Removes what builds that were killed left in `folder`. One with processes stays, and so does one that just began. */
export function removeStale(folder: string, now: number): void {
  for (const name of readdirSync(folder).filter((name) => name.startsWith(PREFIX) && name !== OTHERS)) {
    const path = join(folder, name);
    if (now - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? now) > STALE_MS) isRemoved(path);
  }
}

function isRemoved(path: string): boolean {
  try {
    for (const entry of readdirSync(path, { withFileTypes: true })) {
      if (entry.isDirectory()) isRemoved(join(path, entry.name)); // an OCI runtime makes one in ours
    }
    rmdirSync(path);
    return true;
  } catch (error) {
    return systemErrorCode(error) === 'ENOENT';
  }
}

/** Why a limit cannot be set on this machine, and what would help. */
export function refusal(what: string, reason: string, cause?: unknown): TsbuildError {
  return new TsbuildError('ERR_TSBUILD_RUN_UNAVAILABLE', `cannot limit ${what} of RUN steps: ${reason}`, {
    cause,
    hint:
      process.getuid?.() === 0
        ? 'in a container: start it with --privileged, so that it may make cgroups; or leave the limit out'
        : 'start the build in a cgroup of your own: systemd-run --user --scope -p Delegate=yes tsbuild build …; or leave the limit out',
  });
}

function reasonOf(error: unknown, folder: string): string {
  return `${folder}: ${systemErrorCode(error) ?? String(error)}`;
}

function wordsOf(file: string): readonly string[] {
  return readFileSync(file, 'utf8')
    .split(/\s+/)
    .filter((word) => word !== '');
}

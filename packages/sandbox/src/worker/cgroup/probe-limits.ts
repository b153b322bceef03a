import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';
import { isTsbuildError, systemErrorCode } from '@tsbuild/core';
import { type Controller, findHierarchy } from './hierarchies.ts';
import { makeCgroup, parentIn, refusal, removeCgroup, requireController } from './place.ts';

const CONTROLLERS: readonly Controller[] = ['memory', 'pids', 'cpu', 'cpuset'];

/** Whether this process may limit something of RUN steps. */
export interface LimitReport {
  readonly controller: Controller;
  readonly isAvailable: boolean;
  /** Of the cgroups that it is in; a machine may have both. Undefined where none are mounted. */
  readonly version?: 1 | 2;
  /** Why it is not available. */
  readonly reason?: string;
  /** What would make it available. */
  readonly hint?: string;
}

/** Tries to make a cgroup for every kind of limit, and removes it again. Moves no process. For `doctor`. */
export async function probeLimits(): Promise<readonly LimitReport[]> {
  return await Promise.all(CONTROLLERS.map(probe));
}

async function probe(controller: Controller): Promise<LimitReport> {
  const version = findHierarchy(controller)?.version;
  const found = { controller, ...(version !== undefined && { version }) };
  try {
    await tryOut(controller);
    return { ...found, isAvailable: true };
  } catch (error) {
    if (!isTsbuildError(error)) throw error;
    const { message: reason, hint } = error;
    return { ...found, isAvailable: false, reason, ...(hint !== undefined && { hint }) };
  }
}

async function tryOut(controller: Controller): Promise<void> {
  const hierarchy = requireController(controller);
  const folder = parentIn(hierarchy);
  if (hierarchy.version === 2) mayHandOn(folder, controller);
  const { version, top } = hierarchy;
  const place = { version, top, folder, controllers: [controller] };
  await removeCgroup(makeCgroup(place, `doctor-${controller}-${process.pid}`));
}

/** In version 2 a folder hands on its controllers to those below. */
function mayHandOn(folder: string, controller: Controller): void {
  try {
    accessSync(join(folder, 'cgroup.subtree_control'), constants.W_OK);
  } catch (error) {
    throw refusal(controller, `${folder}: ${systemErrorCode(error)}`, error);
  }
}

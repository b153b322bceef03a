import type { ResourceLimits } from '@tsbuild/core';
import { findPlaces } from './place.ts';
import { controllersOf } from './settings.ts';

/**
 * Readies the trees of cgroups for commands with these limits. For the process of the build: in version 2 processes may
 * have to make room, and the worker, in a pid namespace of its own, sees neither that process nor its neighbours.
 * @throws {TsbuildError} ERR_TSBUILD_RUN_UNAVAILABLE where this machine does not let us limit them
 */
export function prepareCgroups(limits: ResourceLimits): void {
  findPlaces(controllersOf(limits));
}

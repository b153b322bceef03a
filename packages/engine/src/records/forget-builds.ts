import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { isBuildId, RECORD_FILE, timeOfBuildId } from './build-record.ts';

/** Builds that are remembered. */
const MAX_BUILDS = 200;

/** A build without a record may be running still; after this time its process has died. */
const LONGEST_BUILD_MS = 7 * 24 * 60 * 60 * 1000;

/** Removes the records and logs of all but the newest 200 builds, never those of one that runs. */
export function forgetBuilds(folder: string): void {
  const ids = readdirSync(folder).filter(isBuildId).sort();
  for (const id of ids.slice(0, -MAX_BUILDS)) {
    const isOver = existsSync(join(folder, id, RECORD_FILE)) || timeOfBuildId(id) < Date.now() - LONGEST_BUILD_MS;
    if (isOver) rmSync(join(folder, id), { recursive: true, force: true });
  }
}

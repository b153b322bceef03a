import { mkdirSync, symlinkSync } from 'node:fs';
import { relative } from 'node:path';
import { TsbuildError } from '@tsbuild/core';
import { MS_NODEV } from '../linux/flags.ts';
import { mount, SystemCallError } from '../linux/libc.ts';
import type { RunPlace } from './run-place.ts';

/** As many lower folders as an overlay of Linux may have. */
const MAX_LOWERS = 500;

export interface OverlayOptions {
  /** Folders bottom first, at least one. */
  readonly lowers: readonly string[];
  /** For writes, on a disk: gets a folder `work`, and `upper` if that is nowhere else. Without it the overlay is read-only. */
  readonly writeFolder?: string | undefined;
  /** Where writes go; made when it does not exist. @default `upper` of `writeFolder` */
  readonly upper?: string | undefined;
  readonly target: string;
  readonly place: RunPlace;
}

/**
 * Mounts the merged view. Mount options end at one page, so they name the folders relative to that of the layers' names. `volatile` spares every sync: what is written is either packed at once or
 * thrown away, never found again after a crash.
 */
export function mountOverlay({
  lowers,
  writeFolder,
  upper = `${writeFolder}/upper`,
  target,
  place,
}: OverlayOptions): void {
  if (lowers.length > MAX_LOWERS) {
    throw new TsbuildError('ERR_TSBUILD_SANDBOX', `a root of ${lowers.length} layers: Linux mounts ${MAX_LOWERS}`);
  }
  const { layerNames } = place;
  const own = place.newFolder();
  const toOwn = relative(layerNames.folder, own);
  const lowerNames = layerNames.visible(lowers);
  if (writeFolder === undefined) {
    mkdirSync(`${own}/none`); // an overlay without an upper folder needs two lower ones
    lowerNames.unshift(`${toOwn}/none`);
  }
  const options = [`lowerdir=${lowerNames.reverse().join(':')}`, 'index=off'];
  options.push(...(place.userNamespace ? ['userxattr'] : ['metacopy=off', 'redirect_dir=off'])); // userxattr implies the latter
  if (writeFolder !== undefined) {
    mkdirSync(upper, { mode: 0o755, recursive: true });
    mkdirSync(`${writeFolder}/work`, 0o700);
    symlinkSync(upper, `${own}/upper`);
    symlinkSync(`${writeFolder}/work`, `${own}/work`);
    options.push(`upperdir=${toOwn}/upper`, `workdir=${toOwn}/work`);
  }
  const previous = process.cwd();
  process.chdir(layerNames.folder);
  try {
    mountWithOptions(target, options, writeFolder !== undefined);
  } finally {
    process.chdir(previous);
  }
}

function mountWithOptions(target: string, options: readonly string[], isWritable: boolean): void {
  const call = (data: readonly string[]) =>
    mount({ source: 'overlay', target, type: 'overlay', flags: MS_NODEV, data: data.join(',') });
  try {
    call(isWritable ? [...options, 'volatile'] : options);
  } catch (error) {
    if (!isWritable || !(error instanceof SystemCallError) || error.code !== 'EINVAL') throw error;
    call(options); // Linux before 5.10
  }
}

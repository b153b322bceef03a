import { closeSync, fstatSync, openSync } from 'node:fs';
import { TsbuildError } from '@tsbuild/core';
import { MS_RDONLY, O_PATH } from '../../linux/flags.ts';
import type { RunMount } from '../../protocol.ts';
import { mountOverlay } from '../overlay.ts';
import { openInRoot } from '../root-path.ts';
import type { RunPlace } from '../run-place.ts';
import { bindAside } from './bind.ts';
import type { StagedMount } from './stage.ts';

/** A path in the file system of other layers; symlinks on the way stay inside it. */
export function stageRootfs(
  { lowers, path, writable }: Extract<RunMount, { kind: 'rootfs' }>,
  place: RunPlace,
): StagedMount {
  const target = place.newFolder();
  const writeFolder = writable ? place.newDiskFolder() : undefined;
  const layers = lowers.length === 0 ? [place.newFolder()] : lowers;
  mountOverlay({ lowers: layers, writeFolder, target, place });
  const root = openSync(target, O_PATH);
  try {
    const source = openInRoot(root, path);
    if (source === undefined) {
      throw new TsbuildError('ERR_TSBUILD_SOURCE_NOT_FOUND', `mount source ${JSON.stringify(path)} does not exist`);
    }
    try {
      const isDirectory = fstatSync(source.fd).isDirectory();
      const flags = writable ? 0 : MS_RDONLY;
      return bindAside(`/proc/self/fd/${source.fd}`, place, { isDirectory, flags });
    } finally {
      closeSync(source.fd);
    }
  } finally {
    closeSync(root);
  }
}

import type { RunMount } from '../../protocol.ts';
import type { RunPlace } from '../run-place.ts';
import { stageBind } from './bind.ts';
import { stageFile, stageSecret } from './file.ts';
import { stageRootfs } from './rootfs.ts';
import { stageSsh } from './ssh.ts';
import { stageTmpfs } from './tmpfs.ts';

/** A mount made aside, with its final flags, ready to be moved into a root. */
export interface StagedMount {
  readonly path: string;
  readonly isDirectory: boolean;
  /** Ends what serves the mount. */
  readonly close?: () => void;
}

export function stageMount(mount: RunMount, place: RunPlace): StagedMount | Promise<StagedMount> {
  switch (mount.kind) {
    case 'bind':
      return stageBind(mount, place);
    case 'rootfs':
      return stageRootfs(mount, place);
    case 'tmpfs':
      return stageTmpfs(mount, place);
    case 'secret':
      return stageSecret(mount, place);
    case 'file':
      return stageFile(mount, place);
    case 'ssh':
      return stageSsh(mount, place);
    default:
      return mount satisfies never;
  }
}

import { chmodSync } from 'node:fs';
import type { ExecMount } from '@tsbuild/core';
import { MS_NOEXEC, MS_NOSUID, MS_RDONLY } from '../../linux/flags.ts';
import type { RunPlace } from '../run-place.ts';
import { bindAside } from './bind.ts';
import { giveTo, type Owner } from './owner.ts';
import type { StagedMount } from './stage.ts';

/** A secret: in memory only, and never to be run. */
export function stageSecret(
  { data, target, mode, uid, gid }: Extract<ExecMount, { kind: 'secret' }>,
  place: RunPlace,
): StagedMount {
  return stageData(data, place, { target, mode, uid, gid, flags: MS_NOEXEC });
}

/** A file of the step itself, such as the script of a heredoc. */
export function stageFile({ data, target, mode }: Extract<ExecMount, { kind: 'file' }>, place: RunPlace): StagedMount {
  return stageData(data, place, { target, mode, uid: 0, gid: 0, flags: 0 });
}

interface FileAccess extends Owner {
  readonly target: string;
  readonly mode: number;
  readonly flags: number;
}

function stageData(data: Uint8Array, place: RunPlace, { target, mode, flags, ...owner }: FileAccess): StagedMount {
  const file = place.newFile(data);
  giveTo(owner, file, target);
  chmodSync(file, mode);
  return bindAside(file, place, { isDirectory: false, flags: MS_RDONLY | MS_NOSUID | flags });
}

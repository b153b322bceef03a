import { access } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type ExecMount, TsbuildError, UsageError } from '@tsbuild/core';
import type { CommandMount } from './command-options.ts';

/** The mounts as the sandbox takes them. @throws {UsageError} @throws {TsbuildError} ERR_TSBUILD_RUN_UNAVAILABLE */
export async function commandMounts(mounts: readonly CommandMount[], tier: string): Promise<ExecMount[]> {
  const made: ExecMount[] = [];
  for (const mount of mounts) {
    if (!mount.target.startsWith('/')) throw new UsageError(`the mount target ${mount.target} is not absolute`);
    made.push(mount.type === 'bind' ? await bind(mount, tier) : tmpfs(mount));
  }
  return made;
}

async function bind(
  { source, target, readOnly = false }: Extract<CommandMount, { type: 'bind' }>,
  tier: string,
): Promise<ExecMount> {
  if (tier === 'chroot') {
    throw new TsbuildError('ERR_TSBUILD_RUN_UNAVAILABLE', `the tier chroot cannot mount ${source} of this machine`, {
      hint: 'copy what is needed into the image; tsbuild doctor tells more',
    });
  }
  const path = resolve(source);
  const isThere = await access(path).then(
    () => true,
    () => false,
  );
  if (!isThere) throw new UsageError(`cannot mount ${path}: it does not exist, or you may not read it`);
  return { kind: 'bind', source: path, target, writable: !readOnly, persistent: true };
}

function tmpfs({ target, sizeBytes }: Extract<CommandMount, { type: 'tmpfs' }>): ExecMount {
  return { kind: 'tmpfs', target, ...(sizeBytes === undefined ? {} : { sizeBytes }) };
}

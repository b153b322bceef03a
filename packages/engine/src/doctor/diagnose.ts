import { readFile, statfs } from 'node:fs/promises';
import { arch, release, type } from 'node:os';
import { isTsbuildError } from '@tsbuild/core';
import { probeTiers, type TierReport } from '@tsbuild/sandbox';
import { openStore, type Store } from '@tsbuild/store';
import { findCredentials } from './credentials.ts';
import type { Diagnosis, StoreReport } from './diagnosis.ts';
import { findTools } from './tools.ts';

const FILE_SYSTEMS: Readonly<Record<number, string>> = {
  61267: 'ext4',
  1481003842: 'xfs',
  2435016766: 'btrfs',
  16914836: 'tmpfs',
  2035054128: 'overlay',
  26985: 'nfs',
};

/** What `diagnose` promises. */
export async function diagnoseMachine(options: { readonly root?: string } = {}): Promise<Diagnosis> {
  const [place, tools, credentials, cgroupControllers] = await Promise.all([
    lookAtStore(options.root),
    findTools(),
    findCredentials(process.env),
    readControllers(),
  ]);
  const { version: node } = process;
  return { node, system: `${type()} ${release()} ${arch()}`, ...place, tools, cgroupControllers, credentials };
}

async function lookAtStore(root: string | undefined): Promise<Pick<Diagnosis, 'store' | 'tiers'>> {
  try {
    await using store = await openStore({ root });
    await using scratch = await store.temporaryDirectory();
    return { store: await reportOf(store), tiers: await tiersOn(scratch.path) };
  } catch (error) {
    if (!isTsbuildError(error)) throw error;
    const { message: problem, hint } = error;
    return { store: { problem, ...(hint !== undefined && { hint }) }, tiers: await tiersOn(undefined) };
  }
}

async function reportOf(store: Store): Promise<StoreReport> {
  const entries = await store.usage();
  const { bavail, bsize, type: magic } = await statfs(store.root);
  const fileSystem = FILE_SYSTEMS[magic];
  return {
    folder: store.root,
    size: entries.reduce((sum, { size }) => sum + size, 0),
    free: bavail * bsize,
    ...(fileSystem !== undefined && { fileSystem }),
  };
}

async function tiersOn(scratch: string | undefined): Promise<readonly TierReport[]> {
  return process.platform === 'linux' ? probeTiers(scratch) : [];
}

/** Of cgroups version 2. */
async function readControllers(): Promise<readonly string[]> {
  try {
    const own = /^0::(.*)$/m.exec(await readFile('/proc/self/cgroup', 'utf8'))?.[1] ?? '/';
    const text = await readFile(`/sys/fs/cgroup${own}/cgroup.controllers`, 'utf8');
    return text
      .trim()
      .split(/\s+/)
      .filter((name) => name !== '');
  } catch {
    return []; // no cgroups, or those of version 1
  }
}

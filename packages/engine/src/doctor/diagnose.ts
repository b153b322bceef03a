import { statfs } from 'node:fs/promises';
import { arch, release, type } from 'node:os';
import { isTsbuildError } from '@tsbuild/core';
import { probeLimits, probeRunners, probeTiers } from '@tsbuild/sandbox';
import { defaultStoreLimit, openStore, STORE_VERSION, type Store } from '@tsbuild/store';
import { findCredentials } from './credentials.ts';
import type { Diagnosis, StoreReport } from './diagnosis.ts';
import { findProxies } from './proxies.ts';
import { findTools } from './tools.ts';

const isLinux = process.platform === 'linux';

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
  const { version: node, env } = process;
  const [place, tools, credentials, limits] = await Promise.all([
    lookAtStore(options.root),
    findTools(),
    findCredentials(env),
    isLinux ? probeLimits() : [],
  ]);
  const system = `${type()} ${release()} ${arch()}`;
  return { node, system, ...place, limits, tools, proxies: findProxies(env), credentials };
}

async function lookAtStore(root: string | undefined): Promise<Pick<Diagnosis, 'store' | 'tiers' | 'runners'>> {
  try {
    await using store = await openStore({ root });
    await using scratch = await store.temporaryDirectory();
    return { store: await reportOf(store), ...(await isolationOn(scratch.path)) };
  } catch (error) {
    if (!isTsbuildError(error)) throw error;
    const { message: problem, hint } = error;
    return { store: { problem, ...(hint !== undefined && { hint }) }, ...(await isolationOn(undefined)) };
  }
}

async function reportOf(store: Store): Promise<StoreReport> {
  const entries = await store.usage();
  const { bavail, bsize, type: magic } = await statfs(store.root);
  const fileSystem = FILE_SYSTEMS[magic];
  return {
    folder: store.root,
    format: STORE_VERSION,
    limit: defaultStoreLimit(store.root),
    size: entries.reduce((sum, { size }) => sum + size, 0),
    free: bavail * bsize,
    ...(fileSystem !== undefined && { fileSystem }),
  };
}

async function isolationOn(scratch: string | undefined): Promise<Pick<Diagnosis, 'tiers' | 'runners'>> {
  const tiers = isLinux ? await probeTiers(scratch) : [];
  const strongest = tiers.find(({ isAvailable }) => isAvailable)?.tier;
  return { tiers, runners: strongest === undefined ? [] : await probeRunners(strongest, scratch) };
}

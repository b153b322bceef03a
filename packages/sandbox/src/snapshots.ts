import { mkdirSync, renameSync, utimesSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import {
  type ByteStream,
  type DiffId,
  digestHex,
  digestOf,
  type Rootfs,
  type RootfsLayer,
  systemErrorCode,
} from '@tsbuild/core';
import type { FolderFormat } from './archive-job.ts';
import type { Archivers } from './archivers.ts';
import { settleAll } from './settle-all.ts';

export interface SnapshotPlaces {
  /** Folder of all snapshots. */
  readonly snapshots: string;
  /** Names how ids on disk relate to ids in a root. */
  readonly idMap: string;
  /** For what is being unpacked, on the same file system. */
  readonly scratch: string;
  readonly format: FolderFormat;
}

/** Folders of the layers that a layer lies on. */
type Below = () => Promise<readonly string[]>;

/**
 * Layers as folders. A layer that names the parents of everything in it is kept under its diffId; one that does not
 * takes their metadata from the layers below and is kept under the whole chain's digest. Folders appear complete, and
 * only after the bytes they came from proved to have the diffId.
 */
export class Snapshots {
  readonly #places: SnapshotPlaces & { readonly folder: string };
  readonly #archivers: Archivers;
  readonly #underway = new Map<string, Promise<string>>();

  constructor(places: SnapshotPlaces & { readonly folder: string }, archivers: Archivers) {
    this.#places = places;
    this.#archivers = archivers;
  }

  /** Folders of the layers, bottom first, unpacked where they are missing. */
  async prepare(rootfs: Rootfs, signal?: AbortSignal): Promise<string[]> {
    const folders: Promise<string>[] = [];
    let chain = '';
    for (const [at, layer] of rootfs.entries()) {
      chain = digestHex(digestOf(`${chain} ${layer.diffId}`));
      const below = () => Promise.all(folders.slice(0, at));
      folders.push(this.#once(layer, chain, below, signal));
    }
    return await settleAll(folders);
  }

  /** Keeps the folder of a layer that was just packed, unless there is one. */
  keep(diffId: DiffId, folder: string): void {
    moveUnlessThere(folder, this.#path(digestHex(diffId)));
  }

  #path(name: string): string {
    return join(this.#places.folder, name);
  }

  #once(layer: RootfsLayer, chain: string, below: Below, signal: AbortSignal | undefined): Promise<string> {
    const underway = this.#underway.get(chain);
    if (underway !== undefined) return underway;
    const found = this.#find(digestHex(layer.diffId)) ?? this.#find(`chain-${chain}`);
    if (found !== undefined) return Promise.resolve(found);
    const made = this.#unpack(layer, chain, below, signal);
    const tracked = made.finally(() => this.#underway.delete(chain));
    this.#underway.set(chain, tracked);
    return tracked;
  }

  /** The folder of this name, if it exists. Its time tells the collection of garbage that it was used. */
  #find(name: string): string | undefined {
    const path = this.#path(name);
    const now = new Date();
    try {
      utimesSync(path, now, now);
      return path;
    } catch (error) {
      if (systemErrorCode(error) !== 'ENOENT') throw error;
      return undefined;
    }
  }

  async #unpack(layer: RootfsLayer, chain: string, below: Below, signal: AbortSignal | undefined): Promise<string> {
    const target = await mkdtemp(join(this.#places.scratch, 'unpack-'));
    await chmod(target, 0o755); // where it is the topmost folder it is the root that commands see
    try {
      const implicit = await this.#fill(target, layer, signal);
      const name = implicit.length === 0 ? digestHex(layer.diffId) : `chain-${chain}`;
      if (implicit.length > 0) await this.#adopt(target, implicit, await below());
      moveUnlessThere(target, this.#path(name));
      return this.#path(name);
    } finally {
      await this.#archivers.remove(target);
    }
  }

  async #fill(target: string, layer: RootfsLayer, signal: AbortSignal | undefined): Promise<readonly string[]> {
    const job = { kind: 'unpack', target, into: 'layer', format: this.#places.format } as const;
    return this.#archivers.use((archiver) => archiver.unpack(job, abortable(layer, signal)));
  }

  async #adopt(target: string, implicit: readonly string[], below: readonly string[]): Promise<void> {
    const { format } = this.#places;
    await this.#archivers.use((archiver) => archiver.do({ kind: 'adopt', target, implicit, below, format }));
  }
}

/**
 * Opens the snapshots of this boot of the machine, and removes those of others: snapshots are never synced, so after a
 * crash their files may be empty, and nobody could tell.
 */
export async function openSnapshots(places: SnapshotPlaces, archivers: Archivers): Promise<Snapshots> {
  const { snapshots, idMap } = places;
  const boot = (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).slice(0, 8);
  const folder = join(snapshots, `${idMap}.${boot}`);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const others = (await readdir(snapshots)).filter((name) => name.startsWith(`${idMap}.`) && !name.endsWith(boot));
  for (const name of others) await archivers.remove(join(snapshots, name));
  return new Snapshots({ ...places, folder }, archivers);
}

function abortable(layer: RootfsLayer, signal?: AbortSignal): RootfsLayer {
  const read: RootfsLayer['read'] = (reader) =>
    layer.read((tar, tellsContents) => reader(untilAborted(tar, signal), tellsContents));
  return { diffId: layer.diffId, read };
}

async function* untilAborted(source: ByteStream, signal: AbortSignal | undefined): AsyncGenerator<Uint8Array> {
  for await (const bytes of source) {
    signal?.throwIfAborted();
    yield bytes;
  }
}

/** Somebody may have removed the folder of all snapshots: they can be made again. */
function moveUnlessThere(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === 'ENOTEMPTY' || code === 'EEXIST') return;
    if (code !== 'ENOENT') throw error;
    mkdirSync(dirname(to), { recursive: true, mode: 0o700 });
    renameSync(from, to);
  }
}

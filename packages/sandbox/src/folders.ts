import { mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FolderArchive, PackedFolder, PackFolderRequest, Rootfs } from '@tsbuild/core';
import { emptyTree } from '@tsbuild/layer';
import type { FolderFormat } from './archive-job.ts';
import type { Archivers } from './archivers.ts';
import { encodeKnown } from './known-files.ts';

interface FoldersOptions {
  readonly archivers: Archivers;
  readonly format: FolderFormat;
  /** For what is needed meanwhile. */
  readonly scratch: string;
}

/** Packs and unpacks folders with the ids that commands have in a tier. */
export class Folders implements FolderArchive {
  readonly #options: FoldersOptions;

  constructor(options: FoldersOptions) {
    this.#options = options;
  }

  async pack({ folder, before = emptyTree, ingest, signal }: PackFolderRequest): Promise<PackedFolder> {
    const { archivers, format, scratch } = this.#options;
    const place = await mkdtemp(join(scratch, 'known-'));
    try {
      const known = join(place, 'files.json');
      await writeFile(known, encodeKnown(before));
      const job = { kind: 'pack-folder', folder, known, format } as const;
      return await archivers.use((archiver) => archiver.packFolder(job, ingest), signal);
    } finally {
      await archivers.remove(place);
    }
  }

  async unpack(folder: string, layers: Rootfs, signal?: AbortSignal): Promise<void> {
    const { archivers, format } = this.#options;
    const owners = format.owners === 'real' ? 'mapped' : format.owners;
    const job = { kind: 'unpack', target: folder, into: 'folder', format: { ...format, owners } } as const;
    try {
      for (const layer of layers) await archivers.use((archiver) => archiver.unpack(job, layer), signal);
    } catch (error) {
      await archivers.remove(folder);
      throw error;
    }
  }
}

import type { Ingest } from './content.ts';
import type { Rootfs } from './executor.ts';
import type { FileTree } from './file-tree.ts';
import type { WrittenLayer } from './layer.ts';

/** A folder that becomes a layer. */
export interface PackFolderRequest {
  readonly folder: string;
  /** What is in it already is not packed, and what is gone becomes a whiteout. @default an empty tree */
  readonly before?: FileTree | undefined;
  /** Where the tar goes. */
  readonly ingest: Ingest;
  readonly signal?: AbortSignal | undefined;
}

/** What a folder became. */
export interface PackedFolder {
  readonly layer: WrittenLayer;
  /** Entries that the layer has. */
  readonly count: number;
  /** Bytes of all files of the folder. */
  readonly size: number;
}

/** Folders of the host that commands write to, such as cache mounts, as layers and back. */
export interface FolderArchive {
  /**
   * Packs a folder as commands see it, with owners, modes, times in seconds, extended attributes and further names of
   * files. Left out are devices, sockets, and names that mean something else in a layer. The folder stays as it is.
   */
  pack(request: PackFolderRequest): Promise<PackedFolder>;
  /**
   * Lays layers into an empty folder, the bottom one first. Whatever they contain, nothing outside of it is touched.
   * Devices are left out, and what belongs to ids that commands do not have here becomes root's. When it fails the folder is gone.
   */
  unpack(folder: string, layers: Rootfs, signal?: AbortSignal): Promise<void>;
}

import type { LayerContents, PackedFolder, WrittenLayer } from '@tsbuild/core';
import type { WireError } from './protocol.ts';

/** How overlays of a tier keep what a folder cannot say. */
export type OverlayNamespace = 'trusted' | 'user';

/**
 * Whether files have their owners, or all are root's and the owners are noted beside. With `mapped` they have those that
 * the tier has, and others are root's.
 */
export type OwnerPolicy = 'real' | 'noted' | 'mapped';

/** How the folders of a tier say what a layer says. */
export interface FolderFormat {
  readonly overlay: OverlayNamespace;
  readonly owners: OwnerPolicy;
}

export interface UnpackJob {
  readonly kind: 'unpack';
  /** The tar comes as frames on stdin. */
  readonly target: string;
  /** Whether `target` is empty and becomes a lower folder of overlays, is a whole root that the layer changes, or a folder without devices. */
  readonly into: 'layer' | 'root' | 'folder';
  readonly format: FolderFormat;
  /** What the tar holds is told, too. */
  readonly tellsContents: boolean;
}

export interface AdoptJob {
  readonly kind: 'adopt';
  readonly target: string;
  /** Folders of `target` that its tar did not name; their metadata is taken from `below`. */
  readonly implicit: readonly string[];
  /** Snapshots that `target` lies on, bottom first. */
  readonly below: readonly string[];
  readonly format: FolderFormat;
}

export interface PackJob {
  readonly kind: 'pack';
  /** Upper folder of an overlay that is no longer mounted. Afterwards it is exactly what the layer says. */
  readonly upper: string;
  /** Snapshots it lay on, bottom first. */
  readonly lowers: readonly string[];
  readonly format: FolderFormat;
  /** Seconds between which the command ran. */
  readonly stepWindow: { readonly from: number; readonly to: number };
}

/** Notes what a root is like. */
export interface BaselineJob {
  readonly kind: 'baseline';
  readonly root: string;
  /** Where to; does not exist yet. */
  readonly baseline: string;
}

/** Packs what changed in a root since its baseline. */
export interface PackChangesJob {
  readonly kind: 'pack-changes';
  readonly root: string;
  readonly baseline: string;
  readonly stepWindow: { readonly from: number; readonly to: number };
}

/** Packs a folder that commands write to, and leaves it as it is. */
export interface PackFolderJob {
  readonly kind: 'pack-folder';
  readonly folder: string;
  /** File with what is known to be in the folder, and is not packed. */
  readonly known: string;
  readonly format: FolderFormat;
}

export interface RemoveJob {
  readonly kind: 'remove';
  readonly path: string;
}

/** Work on files that needs the tier's privileges; an archiver does one job at a time. */
export type ArchiveJob = UnpackJob | AdoptJob | BaselineJob | PackJob | PackChangesJob | PackFolderJob | RemoveJob;

/** What packing gave, when all of the tar was sent as frames on stdout. Who takes it in knows its digest. */
export interface Packed {
  readonly layer: Omit<WrittenLayer, 'diffId'>;
  /** The folder now says exactly what the layer says. */
  readonly isExact: boolean;
}

/** What unpacking a tar gave. */
export interface Unpacked {
  /** Folders that the tar did not name. */
  readonly implicit: readonly string[];
  /** Undefined unless it was to be told. */
  readonly contents: LayerContents | undefined;
}

/** As {@link Packed}, of a folder. */
export type PackedContents = Omit<PackedFolder, 'layer'> & Pick<Packed, 'layer'>;

export type FromArchiver =
  | { readonly kind: 'ready' }
  | ({ readonly kind: 'packed' } & Packed)
  | ({ readonly kind: 'packed-folder' } & PackedContents)
  | ({ readonly kind: 'unpacked' } & Unpacked)
  | { readonly kind: 'done' }
  | { readonly kind: 'error'; readonly error: WireError };

import type {
  Descriptor,
  FileTree,
  HistoryEntry,
  ImageConfig,
  Platform,
  Reference,
  SourceRange,
  StepId,
} from '@tsbuild/core';
import type { FileDigestMap } from '@tsbuild/layer';

/**
 * The graph that a Dockerfile becomes: immutable, and all that solving looks at. Each vertex is one operation, as in
 * BuildKit's LLB: source (image, local, inline, http), file (copy, extract, mkdir), exec. What is shown to people
 * (`step`) stands apart from what defines the result.
 */
export type Vertex = ImageVertex | FileVertex | WorkdirVertex | ExecVertex;

/** A root file system: what a vertex leaves behind, or `undefined` for the empty one. */
export type RootfsVertex = Vertex | undefined;

/** What people see of a vertex, and how it is found again in the next build. None of it is part of a key. */
export interface StepInfo {
  readonly id: StepId;
  /** The instruction, e.g. `RUN npm ci`. */
  readonly name: string;
  /** With its place, e.g. `[build 2/5] RUN npm ci`. */
  readonly label: string;
  readonly range: SourceRange | undefined;
  /**
   * Names under which the same step of another build is found, the most specific first: context, Dockerfile, stage,
   * ordinal and kind; then the same without the context, for a checkout elsewhere.
   */
  readonly lineages: readonly string[];
  readonly noCache: boolean;
  /** Name of its stage in lower case, or its number; absent for what is no instruction of a stage. */
  readonly stage?: string;
  /** Milliseconds for which a recorded result may be used. */
  readonly ttl?: number;
  /** Values of the variables that the instruction's text names, for explanations. */
  readonly variables?: Readonly<Record<string, string>>;
}

/** An image whose manifest and config are at hand; its layers are fetched when something reads them. */
export interface ResolvedImage {
  readonly reference: Reference;
  /** The platform's manifest. */
  readonly descriptor: Descriptor;
  /** What the name stands for, where that is an index. */
  readonly index?: Descriptor;
  readonly configDescriptor: Descriptor;
  readonly config: ImageConfig;
  /** From the bottom up, as long as `config.rootfs.diff_ids`. */
  readonly layers: readonly Descriptor[];
  /** Where blobs that the store lacks come from. */
  readonly origin: Reference | undefined;
}

export interface ImageVertex {
  readonly op: 'image';
  readonly step: StepInfo;
  readonly image: ResolvedImage;
}

/** Where COPY, ADD and bind mounts read. */
export type SourceRef =
  | { readonly kind: 'local'; readonly name: string; readonly source: LocalSource }
  | { readonly kind: 'rootfs'; readonly rootfs: RootfsVertex; readonly name: string };

/** A build context: opened when the first step reads it, and again only when asked to be fresh. */
export interface LocalSource {
  /** Files keep the owners that the source gives them; those of a folder are root's. */
  readonly keepsOwners: boolean;
  open(options?: { readonly isFresh?: boolean }): Promise<SourceTree>;
}

/** The line of an ignore file that hides a path. */
export interface IgnoredBy {
  /** Name of the ignore file. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly pattern: string;
}

/** A tree whose files can be digested without packing them. */
export interface SourceTree extends FileTree {
  digests(paths: readonly string[], options?: { readonly signal?: AbortSignal | undefined }): Promise<FileDigestMap>;
  /** What hides a path that exists; undefined when nothing does. */
  ignoredBy(path: string): IgnoredBy | undefined;
}

/** One COPY or ADD source: some paths of one tree, a download, or a file written in the Dockerfile. */
export type FileAction =
  | { readonly kind: 'copy'; readonly source: SourceRef; readonly paths: readonly string[] }
  /** As copy, but archives among the files are unpacked. */
  | { readonly kind: 'add'; readonly source: SourceRef; readonly paths: readonly string[] }
  /** A file written in the Dockerfile. */
  | { readonly kind: 'inline'; readonly name: string; readonly content: string }
  | { readonly kind: 'git'; readonly url: string; readonly keepGitDir: boolean; readonly checksum: string | undefined }
  | { readonly kind: 'http'; readonly url: string; readonly checksum: string | undefined; readonly unpack: boolean };

/** COPY and ADD. */
export interface FileVertex {
  readonly op: 'file';
  readonly step: StepInfo;
  readonly parent: RootfsVertex;
  readonly actions: readonly FileAction[];
  /** Absolute; a trailing slash is kept and means a directory. */
  readonly target: string;
  readonly chown: string | undefined;
  readonly chmod: string | undefined;
  readonly link: boolean;
  readonly parents: boolean;
  readonly excludes: readonly string[];
}

export interface WorkdirVertex {
  readonly op: 'workdir';
  readonly step: StepInfo;
  readonly parent: RootfsVertex;
  readonly path: string;
  /** Owner of directories that are created; empty is root. */
  readonly user: string;
}

export type MountSpec =
  | {
      readonly type: 'bind';
      readonly target: string;
      readonly source: SourceRef;
      readonly path: string;
      readonly writable: boolean;
    }
  | {
      readonly type: 'cache';
      readonly target: string;
      readonly id: string;
      readonly sharing: 'shared' | 'private' | 'locked';
      readonly source: SourceRef | undefined;
      readonly path: string;
      readonly writable: boolean;
      readonly mode: number | undefined;
      readonly uid: number | undefined;
      readonly gid: number | undefined;
    }
  | { readonly type: 'tmpfs'; readonly target: string; readonly sizeBytes: number | undefined }
  | {
      readonly type: 'secret';
      readonly id: string;
      readonly target: string | undefined;
      readonly env: string | undefined;
      readonly required: boolean;
      readonly mode: number;
      readonly uid: number;
      readonly gid: number;
    }
  | {
      readonly type: 'ssh';
      readonly id: string;
      readonly target: string | undefined;
      readonly required: boolean;
      readonly mode: number;
      readonly uid: number;
      readonly gid: number;
    };

/** RUN. */
export interface ExecVertex {
  readonly op: 'exec';
  readonly step: StepInfo;
  readonly parent: RootfsVertex;
  readonly args: readonly string[];
  /** ENV and the ARGs in scope. */
  readonly env: Readonly<Record<string, string>>;
  /** In the environment, but in no key and no history. */
  readonly proxyEnv: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly user: string;
  readonly network: 'default' | 'none' | 'host';
  readonly security: 'sandbox' | 'insecure';
  readonly mounts: readonly MountSpec[];
  /** A script of a heredoc, shown to the command as a read-only file. */
  readonly script: { readonly path: string; readonly content: string } | undefined;
  readonly extraHosts: Readonly<Record<string, string>>;
  /** Absent: the sandbox's own. */
  readonly hostname: string | undefined;
  readonly platform: Platform;
}

/** A history entry; with a `step` its time comes from that step's record, else from the entry before. */
export interface HistoryItem {
  readonly entry: HistoryEntry;
  readonly step?: Vertex;
}

/** The target stage, lowered. */
export interface LoweredImage {
  readonly rootfs: RootfsVertex;
  readonly platform: Platform;
  readonly config: Omit<ImageConfig, 'rootfs' | 'history' | 'created'>;
  readonly history: readonly HistoryItem[];
  /** The target and the stages that it stands on, the lowest first, by name or number. */
  readonly stages: readonly string[];
  /** Every vertex that the target needs, in Dockerfile order. */
  readonly vertices: readonly Vertex[];
}

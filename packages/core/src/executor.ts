import type { ByteStream, Ingest } from './content.ts';
import type { DiffId } from './digest.ts';
import type { FolderArchive } from './folder-archive.ts';
import type { LayerContents, WrittenLayer } from './layer.ts';

/** A layer as the sandbox needs it to make a root file system. */
export interface RootfsLayer {
  readonly diffId: DiffId;
  /** Has `reader` read the uncompressed tar, from the start, and keeps what it tells. Settles after it, and fails as it does. */
  read(reader: TarReader): Promise<void>;
}

/**
 * Reads the tar of a layer to its end. The tar fails before it ends when its digest is not what it should be; each piece is good
 * until the next is asked for. With `tellsContents` nobody knows yet what the tar holds, and the reader, who parses it anyway,
 * may tell.
 */
export type TarReader = (tar: ByteStream, tellsContents: boolean) => Promise<LayerContents | undefined>;

/** Layers from the bottom up, none of them twice. An empty list is the empty root. */
export type Rootfs = readonly RootfsLayer[];

/** What the processes of one command may use together, by the names of docker's options. Never part of a key. */
export interface ResourceLimits {
  /** Bytes of memory (`--memory`). */
  readonly memory?: number;
  /** Bytes of memory and swap together, -1 for no limit (`--memory-swap`). @default twice `memory` */
  readonly memorySwap?: number;
  /** Weight against others that want the processors, 1024 being the usual one (`--cpu-shares`). */
  readonly cpuShares?: number;
  /** Microseconds in which `cpuQuota` may be used up (`--cpu-period`). @default 100000 */
  readonly cpuPeriod?: number;
  /** Microseconds of processor time in each period, -1 for no limit (`--cpu-quota`). */
  readonly cpuQuota?: number;
  /** Processors to run on: `0-2,7` (`--cpuset-cpus`). */
  readonly cpusetCpus?: string;
  /** Memory nodes to use: `0-1` (`--cpuset-mems`). */
  readonly cpusetMems?: string;
  /** Processes and threads at once (`--pids-limit`). */
  readonly pidsLimit?: number;
}

/** A process as the command itself sees it. */
export interface ProcessSpec {
  /** Program and its arguments; the program is looked up in the PATH of `env`, inside the root. */
  readonly args: readonly string[];
  /** Complete environment, apart from HOME, which is filled in from the user when it is absent. */
  readonly env: Readonly<Record<string, string>>;
  /** Absolute path; created when it does not exist. */
  readonly cwd: string;
  /** As in USER: `name`, `uid`, `name:group`, …; empty is root. Looked up in the root's `/etc/passwd` and `/etc/group`. */
  readonly user: string;
  readonly hostname?: string;
  /** `--security=insecure`: all capabilities and a writable /sys. */
  readonly isPrivileged?: boolean;
  /** The root cannot be written to; mounts can. */
  readonly isReadOnly?: boolean;
  readonly network: 'host' | 'none';
  /** Lines for `/etc/hosts`. */
  readonly extraHosts?: readonly { readonly name: string; readonly address: string }[];
  readonly shmSizeBytes?: number;
  readonly ulimits?: Readonly<Record<string, { readonly soft: number; readonly hard: number }>>;
  readonly resources?: ResourceLimits;
}

/** What a RUN sees besides its root. Targets are absolute paths inside the root. */
export type ExecMount =
  /** A host directory or file. Writes to a `writable` one vanish, unless it is `persistent` (a cache mount). */
  | {
      readonly kind: 'bind';
      readonly target: string;
      readonly source: string;
      readonly writable: boolean;
      readonly persistent: boolean;
      /** Becomes `source`, with this owner, where there is none yet. For callers that may not change owners themselves. */
      readonly fresh?: { readonly folder: string; readonly uid: number; readonly gid: number };
    }
  /** A path inside the file system of other layers. */
  | {
      readonly kind: 'rootfs';
      readonly target: string;
      readonly rootfs: Rootfs;
      readonly path: string;
      readonly writable: boolean;
    }
  | { readonly kind: 'tmpfs'; readonly target: string; readonly sizeBytes?: number }
  /** Bytes that are never written to a disk. */
  | {
      readonly kind: 'secret';
      readonly target: string;
      readonly data: Uint8Array;
      readonly mode: number;
      readonly uid: number;
      readonly gid: number;
    }
  /** A file that belongs to the step, such as the script of a heredoc; it never reaches the layer. */
  | { readonly kind: 'file'; readonly target: string; readonly data: Uint8Array; readonly mode: number }
  | {
      readonly kind: 'ssh';
      readonly target: string;
      readonly socket: string;
      readonly mode: number;
      readonly uid: number;
      readonly gid: number;
    };

/** The size of a terminal, in characters. */
export interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}

/** A command that was started, as somebody who watches it may act on it. */
export interface RunningCommand {
  /** Sends a signal, by its number, to the command's first process. Without effect when it has ended. */
  signal(signal: number): void;
  /** Tells of a new size of its terminal. */
  resize(size: TerminalSize): void;
}

/** One command: the root that it sees, what it is, and who takes what comes of it. */
export interface ExecRequest {
  readonly rootfs: Rootfs;
  readonly process: ProcessSpec;
  readonly mounts: readonly ExecMount[];
  /** What the command reads, taken no faster than it does; without it, nothing. */
  readonly stdin?: AsyncIterable<Uint8Array> | undefined;
  /** Gives the command a terminal of this size; all that it prints then comes as `stdout`. */
  readonly terminal?: TerminalSize | undefined;
  /** Its two outputs are one pipe, so all comes in the order in which it was printed, and as `stdout`. @default false */
  readonly hasOneOutput?: boolean | undefined;
  /** Called once, before any output. */
  readonly onStart?: ((command: RunningCommand) => void) | undefined;
  /** Called with the output as it comes; the command waits while a returned promise is pending. */
  readonly onOutput?: ((stream: 'stdout' | 'stderr', bytes: Uint8Array) => Promise<void> | void) | undefined;
  /**
   * Where the tar of the layer goes. Called once, after the command ended with status 0. Without it no layer is made and
   * nothing that the command wrote is kept.
   */
  readonly createIngest?: (() => Promise<Ingest>) | undefined;
  /**
   * Called when the command failed, with its root as it left it; the root is removed when the promise settles. `signal`
   * and `timeoutMs` of this request end nothing any more by then.
   */
  readonly onFailure?: ((root: FailedRoot) => Promise<void>) | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly timeoutMs?: number | undefined;
}

/** What may be asked of the root of a failed command. Requests are served one after the other. */
export interface FailedRoot {
  /** What came of the command. */
  readonly result: ExecResult;
  /** Runs a command in the root, with the mounts of the one that failed. What it writes stays there for the next. */
  run(request: Omit<ExecRequest, 'rootfs' | 'mounts' | 'createIngest' | 'onFailure'>): Promise<ExecResult>;
  /** Packs what was written to the root so far. */
  pack(ingest: Ingest): Promise<WrittenLayer>;
}

/** How a command ended, and the layer that it wrote. */
export interface ExecResult {
  /** Exit status, 128 + n when signal n ended the command. */
  readonly exitCode: number;
  /** What the command wrote; only when the exit status is 0 and there was a place for it. */
  readonly layer?: WrittenLayer;
  /** True when the time limit ended the command. */
  readonly isTimeout?: boolean;
  /** True when processes of a command that failed were killed because they used more memory than `resources` allows. */
  readonly isOutOfMemory?: boolean;
}

/** Why commands are kept apart less well than a user of the machine would expect, and what would mend it. */
export interface SandboxWeakness {
  readonly reason: string;
  readonly hint?: string;
}

/** Runs one process in one root file system. */
export interface Executor extends AsyncDisposable {
  /** Names the class of sandbox: results of a weaker one are not used in a stronger one. */
  readonly tier: string;
  /** Set where commands run without any boundary round them. */
  readonly weakness?: SandboxWeakness | undefined;
  /** For folders that commands write to. */
  readonly folders: FolderArchive;
  /**
   * Reads the layers of a root ahead of the commands that will run on it, where they have that in common. Who unpacks a layer
   * tells what it holds, so that others need not read it for that.
   */
  prepare(rootfs: Rootfs, signal?: AbortSignal): Promise<void>;
  /** @throws {TsbuildError} ERR_TSBUILD_SANDBOX, ERR_TSBUILD_RUN_UNAVAILABLE; the signal's reason when aborted */
  run(request: ExecRequest): Promise<ExecResult>;
}

import type { ErrorCode, ExecMount, ProcessSpec, TerminalSize } from '@tsbuild/core';
import type { RunnerName } from './options.ts';

/** A mount whose layers, if it has any, are already folders. Folders come bottom first. */
export type RunMount =
  | Exclude<ExecMount, { kind: 'rootfs' }>
  | {
      readonly kind: 'rootfs';
      readonly target: string;
      readonly lowers: readonly string[];
      readonly path: string;
      readonly writable: boolean;
    };

/** One command, as the worker is told of it. */
export interface RunOrder {
  readonly id: number;
  /** Exists and is empty. */
  readonly folder: string;
  /** Where what the command writes is found afterwards; holds already what commands before it wrote, when it exists. */
  readonly upper: string;
  /** Unpacked layers, bottom first. */
  readonly lowers: readonly string[];
  /** A whole root that is changed in place, in a tier without overlays. */
  readonly copy?: string;
  readonly process: ProcessSpec;
  readonly mounts: readonly RunMount[];
  /** Something for it to read will follow. */
  readonly hasInput: boolean;
  /** What it prints on either of its outputs comes as `stdout`, in order. */
  readonly hasOneOutput: boolean;
  readonly terminal?: TerminalSize | undefined;
}

/** What came of a command. */
export interface RunEnd {
  /** Exit status, 128 + n when signal n ended it. */
  readonly exitCode: number;
  /** It failed, and the kernel had ended processes of it that used more memory than they may. */
  readonly isOutOfMemory: boolean;
}

/** An error on its way between processes. */
export interface WireError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint?: string | undefined;
}

export type OutputStream = 'stdout' | 'stderr';

/** What a tier allows. */
export interface TierFeatures {
  /** The worker is root of a user namespace only. */
  readonly userNamespace: boolean;
  /** There are users and groups besides root. */
  readonly mapsGroups: boolean;
  /** Changes of owners do nothing and succeed. */
  readonly ignoresChown?: boolean | undefined;
}

export interface WorkerSettings extends TierFeatures {
  /** There are namespaces; otherwise only other root directories. */
  readonly hasNamespaces: boolean;
  readonly runner: RunnerName;
  /** The sandbox's own folder. */
  readonly folder: string;
}

export type ToWorker =
  | { readonly kind: 'setup'; readonly settings: WorkerSettings }
  | { readonly kind: 'start'; readonly order: RunOrder }
  /** Kills the command and everything it started. */
  | { readonly kind: 'stop'; readonly id: number }
  /** So many bytes of output were taken in. */
  | { readonly kind: 'consumed'; readonly id: number; readonly bytes: number }
  | { readonly kind: 'input'; readonly id: number; readonly bytes: Uint8Array }
  /** There is no more to read. */
  | { readonly kind: 'input-end'; readonly id: number }
  /** For the first process of the command. */
  | { readonly kind: 'signal'; readonly id: number; readonly signal: number }
  | { readonly kind: 'resize'; readonly id: number; readonly size: TerminalSize };

export type FromWorker =
  | { readonly kind: 'ready' }
  /** The worker is of no use. */
  | { readonly kind: 'failed'; readonly error: WireError }
  /** The command runs, and may be given input and signals from now on. */
  | { readonly kind: 'started'; readonly id: number }
  | { readonly kind: 'output'; readonly id: number; readonly stream: OutputStream; readonly bytes: Uint8Array }
  /** The command took in so many bytes of its input, or will never read them. */
  | { readonly kind: 'taken'; readonly id: number; readonly bytes: number }
  /** All output was sent, no process of the command is left, and what it wrote can be looked at. Nothing of the run is mounted when the next begins. */
  | ({ readonly kind: 'ended'; readonly id: number } & RunEnd)
  /** The command was not started. */
  | { readonly kind: 'refused'; readonly id: number; readonly error: WireError };

import type { Executor } from '@tsbuild/core';
import type { Store } from '@tsbuild/store';
import type { FetchedSources } from '../attest/fetched-sources.ts';
import type { SharedCache } from '../cache/shared/shared-cache.ts';
import type { Reporter } from '../events.ts';
import type { RootfsVertex } from '../graph.ts';
import type { DownloadLimits, SecretSource } from '../options.ts';
import type { Owner } from '../owner.ts';
import type { OnwardGuard } from '../policy/source-guard.ts';
import type { BuildRecording } from '../recording/recording.ts';
import type { DebugFailure } from '../run/debug-failure.ts';
import type { Background } from './background.ts';
import type { Solved } from './chain.ts';
import type { CommandLimits } from './command-limits.ts';
import type { Layers } from './layers.ts';
import type { SandboxWarnings } from './sandbox-warnings.ts';
import type { SshAgents } from './ssh-agents.ts';

/** Everything that solving a vertex may use. */
export interface SolveContext {
  readonly store: Store;
  readonly layers: Layers;
  /** Caches of other machines, asked after the store. */
  readonly shared: SharedCache;
  readonly reporter: Reporter;
  readonly signal: AbortSignal | undefined;
  /** Runs `work` when one of the build's places is free. */
  limit<T>(work: () => Promise<T>): Promise<T>;
  /** Solves an input; each vertex is solved once. */
  solve(vertex: RootfsVertex): Promise<Solved>;
  /** For what steps still write when what comes after them may begin. */
  readonly background: Background;
  /** The sandbox, started when the first RUN needs it. */
  executor(): Promise<Executor>;
  readonly sandboxWarnings: SandboxWarnings;
  /** Ends when the build does. */
  readonly owner: Owner;
  /** Looks at the root of a failed step before it is removed. */
  readonly debug: DebugFailure | undefined;
  readonly secrets: Readonly<Record<string, SecretSource>>;
  readonly ssh: SshAgents;
  /** Bounds for what ADD fetches. */
  readonly downloads: DownloadLimits;
  /** Asked where a source leads elsewhere; absent without a policy. */
  readonly guard?: OnwardGuard | undefined;
  /** What the build took from elsewhere so far. */
  readonly fetched?: FetchedSources | undefined;
  readonly limits: CommandLimits;
  /** Takes down what RUN steps make, or has it. */
  readonly recording?: BuildRecording | undefined;
}

import type { LimitReport, RunnerReport, TierReport } from '@tsbuild/sandbox';

/** A program that tsbuild can use. */
export interface ToolReport {
  readonly name: string;
  /** What it is used for. */
  readonly purpose: string;
  /** First line of what it says of itself; undefined when it is not there. */
  readonly version?: string;
  /** How to get it. */
  readonly hint?: string;
}

/** A file in which credentials for registries may be. No secret is ever part of it. */
export interface CredentialsReport {
  readonly file: string;
  /** Hosts that it has a login for, or a helper. */
  readonly registries: readonly string[];
  /** Programs that keep credentials: `docker-credential-…`. */
  readonly helpers: readonly string[];
  /** Why it cannot be used. */
  readonly problem?: string;
}

/** The store's folder, and what it lies on. */
export interface StoreReport {
  readonly folder: string;
  /** Version of what is in it. */
  readonly format: number;
  /** Bytes that it holds. */
  readonly size: number;
  /** Bytes that builds leave in it, where they are told nothing else. */
  readonly limit: number;
  /** Bytes that are free on its file system. */
  readonly free: number;
  /** Type of its file system as Linux names it, such as `ext4`; undefined where that cannot be told. */
  readonly fileSystem?: string;
}

/** What a machine can do. */
export interface Diagnosis {
  readonly node: string;
  /** Operating system, its version and the processor. */
  readonly system: string;
  readonly store: StoreReport | { readonly problem: string; readonly hint?: string };
  /** Ways to isolate RUN, strongest first, each tried. Empty where there is no Linux. */
  readonly tiers: readonly TierReport[];
  readonly tools: readonly ToolReport[];
  /** Other programs that start commands, each tried in the strongest tier that works. Empty where none does. */
  readonly runners: readonly RunnerReport[];
  /** What of a RUN step can be limited, each tried. Empty where there is no Linux. */
  readonly limits: readonly LimitReport[];
  /** Variables of the environment that say how registries and other servers are reached. No password is part of them. */
  readonly proxies: Readonly<Record<string, string>>;
  readonly credentials: readonly CredentialsReport[];
}

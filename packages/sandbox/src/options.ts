import type { TierName } from './tier/tier.ts';

/** Which program starts the command of a RUN. */
export type RunnerName = 'builtin' | 'runc' | 'crun';

/** Where the sandbox works, and how commands are isolated. */
export interface SandboxOptions {
  /** Folder `snapshots/` of the store: unpacked layers, kept between builds. Created when it does not exist. */
  readonly snapshots: string;
  /** Folder for what is written while a command runs; on the same file system as `snapshots`. */
  readonly scratch: string;
  /** @default 'builtin' */
  readonly runner?: RunnerName;
  /** The kind of isolation; `auto` takes the strongest that this machine allows, found by trying. @default 'auto' */
  readonly tier?: 'auto' | TierName;
  /**
   * In the tier `userns-single`, where only root exists, a change of owners does nothing and succeeds, instead of
   * failing. Such results have a class of their own. @default false
   */
  readonly ignoreChownErrors?: boolean;
}

/**
 * How a command is kept apart, strongest first: `root` has namespaces made by root, `userns` a user namespace with the
 * caller's subordinate ids, `userns-single` one with the caller's id alone, `chroot` only another root directory.
 */
export type TierName = 'root' | 'userns' | 'userns-single' | 'chroot';

export const TIERS: readonly TierName[] = ['root', 'userns', 'userns-single', 'chroot'];

/** What trying a tier on this machine gave. */
export interface TierReport {
  readonly tier: TierName;
  readonly isAvailable: boolean;
  /** Why it is not available. */
  readonly reason?: string;
  /** What would make it available. */
  readonly hint?: string;
}

import { LIMIT_BUILD_FLAGS } from './build/limits.ts';
import { NO_OP_BUILD_FLAGS } from './build/no-op.ts';
import { REFUSED_BUILD_FLAGS } from './build/refused.ts';
import { SUPPORTED_BUILD_FLAGS } from './build/supported.ts';
import type { Flag } from './flag.ts';

/** Every flag of `docker build` and `docker buildx build`, hidden ones included, and our own, by name. */
export const BUILD_FLAGS: readonly (Flag & { readonly name: BuildFlagName })[] = [
  ...[...SUPPORTED_BUILD_FLAGS, ...LIMIT_BUILD_FLAGS].map((flag) => ({ ...flag, status: 'supported' as const })),
  ...NO_OP_BUILD_FLAGS.map((flag) => ({ ...flag, status: 'no-op' as const })),
  ...REFUSED_BUILD_FLAGS.map((flag) => ({ ...flag, status: 'refused' as const })),
].sort((a, b) => (a.name < b.name ? -1 : 1));

/** A flag that a command line of `tsbuild build` may carry a value of. */
export type BuildFlagName = (
  | (typeof SUPPORTED_BUILD_FLAGS)[number]
  | (typeof LIMIT_BUILD_FLAGS)[number]
  | (typeof NO_OP_BUILD_FLAGS)[number]
  | (typeof REFUSED_BUILD_FLAGS)[number]
)['name'];

import type { Flag } from './flag.ts';
import { NO_OP_RUN_FLAGS } from './run/no-op.ts';
import { REFUSED_RUN_FLAGS } from './run/refused.ts';
import { SUPPORTED_RUN_FLAGS } from './run/supported.ts';

/** Every flag of `docker run`, and our own, by name. */
export const RUN_FLAGS: readonly (Flag & { readonly name: RunFlagName })[] = [
  ...SUPPORTED_RUN_FLAGS.map((flag) => ({ ...flag, status: 'supported' as const })),
  ...NO_OP_RUN_FLAGS.map((flag) => ({ ...flag, status: 'no-op' as const })),
  ...REFUSED_RUN_FLAGS.map((flag) => ({ ...flag, status: 'refused' as const })),
].sort((a, b) => (a.name < b.name ? -1 : 1));

/** A flag that a command line of `tsbuild run` may carry a value of. */
export type RunFlagName = (
  | (typeof SUPPORTED_RUN_FLAGS)[number]
  | (typeof NO_OP_RUN_FLAGS)[number]
  | (typeof REFUSED_RUN_FLAGS)[number]
)['name'];

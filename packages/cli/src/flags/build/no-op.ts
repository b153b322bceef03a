import type { HarmlessFlag } from '../flag.ts';

const shape = { kind: 'bool', origin: 'docker' } as const;
const NO_CONTAINERS = 'tsbuild keeps no intermediate containers';

/** The flags that `tsbuild build` accepts without doing anything. */
export const NO_OP_BUILD_FLAGS = [
  { name: 'compress', ...shape, reason: 'the context is read in place, nothing is sent' },
  { name: 'force-rm', ...shape, reason: NO_CONTAINERS },
  { name: 'rm', ...shape, reason: NO_CONTAINERS },
] as const satisfies readonly HarmlessFlag[];

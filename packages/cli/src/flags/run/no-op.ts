import type { HarmlessFlag } from '../flag.ts';

const bool = { kind: 'bool', origin: 'docker' } as const;

/** The flags that `tsbuild run` accepts without doing anything. */
export const NO_OP_RUN_FLAGS = [
  { name: 'disable-content-trust', ...bool, reason: 'signatures are not looked at' },
  { name: 'no-healthcheck', ...bool, reason: 'health is not checked' },
  { name: 'rm', ...bool, reason: 'nothing of a run is ever kept' },
] as const satisfies readonly HarmlessFlag[];

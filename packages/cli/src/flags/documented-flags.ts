import { BUILD_FLAGS } from './build-flags.ts';
import type { CommandFlags } from './flags-doc.ts';
import { RUN_FLAGS } from './run-flags.ts';

/** The commands whose names and flags are those of docker. */
export const DOCUMENTED_FLAGS: readonly CommandFlags[] = [
  { command: 'build', model: '`docker build` and `docker buildx build`', flags: BUILD_FLAGS },
  { command: 'run', model: '`docker run`', flags: RUN_FLAGS },
];

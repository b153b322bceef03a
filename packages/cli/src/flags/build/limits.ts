import { IGNORE_CHOWN_FLAG, PARALLELISM_FLAG } from '../common-flags.ts';
import type { SupportedFlag } from '../flag.ts';

const docker = { origin: 'docker' } as const;
const tsbuild = { origin: 'tsbuild' } as const;

/** The flags that bound what RUN steps use and may do. */
export const LIMIT_BUILD_FLAGS = [
  {
    name: 'cpu-period',
    ...string('MICROSECONDS'),
    ...docker,
    help: 'time in which --cpu-quota counts (default 100000)',
  },
  { name: 'cpu-quota', ...string('MICROSECONDS'), ...docker, help: 'processor time of a RUN step in each period' },
  { name: 'cpu-shares', short: 'c', ...string('N'), ...docker, help: 'weight of RUN steps among others (usual 1024)' },
  { name: 'cpuset-cpus', ...string('LIST'), ...docker, help: 'processors that RUN steps may use: 0-3,7' },
  { name: 'cpuset-mems', ...string('LIST'), ...docker, help: 'memory nodes that RUN steps may use: 0,1' },
  IGNORE_CHOWN_FLAG,
  PARALLELISM_FLAG,
  { name: 'memory', short: 'm', ...string('BYTES'), ...docker, help: 'memory of a RUN step: 512m, 2g' },
  {
    name: 'memory-swap',
    ...string('BYTES'),
    ...docker,
    help: 'memory and swap of a RUN step together, -1 without limit (default twice --memory)',
  },
  { name: 'pids-limit', ...string('N'), ...tsbuild, help: 'processes of a RUN step at once, as with docker run' },
  {
    name: 'resource',
    kind: 'list',
    placeholder: 'KEY=VALUE',
    origin: 'buildx',
    help: 'any of --memory, --memory-swap, --cpu-*, --cpuset-* and --pids-limit as memory=2g',
  },
  {
    name: 'step-timeout',
    ...string('DURATION'),
    ...tsbuild,
    help: 'stop the command of a RUN step after 30s, 5m, 1h30m',
  },
] as const satisfies readonly SupportedFlag[];

function string(placeholder: string) {
  return { kind: 'string', placeholder } as const;
}

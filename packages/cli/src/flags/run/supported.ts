import { ROOT_FLAG, RUNNERS } from '../common-flags.ts';
import type { SupportedFlag } from '../flag.ts';

const docker = { origin: 'docker' } as const;
const bool = { kind: 'bool', ...docker } as const;

/** The flags of `tsbuild run` that do what they say. */
export const SUPPORTED_RUN_FLAGS = [
  { name: 'add-host', ...list('HOST:IP'), help: 'add a line to /etc/hosts' },
  { name: 'cpu-period', ...string('MICROSECONDS'), help: 'time in which --cpu-quota may be used up (default 100000)' },
  { name: 'cpu-quota', ...string('MICROSECONDS'), help: 'processor time in each period' },
  { name: 'cpu-shares', short: 'c', ...string('WEIGHT'), help: 'weight against others (1024 is the usual one)' },
  { name: 'cpuset-cpus', ...string('LIST'), help: 'processors to run on, as 0-2,7' },
  { name: 'cpuset-mems', ...string('LIST'), help: 'memory nodes to use, as 0-1' },
  { name: 'entrypoint', ...string('COMMAND'), help: "instead of the image's ENTRYPOINT; empty for none" },
  { name: 'env', short: 'e', ...list('KEY[=VALUE]'), help: 'set a variable; without a value, from the environment' },
  { name: 'env-file', ...list('FILE'), help: 'variables, one a line' },
  { name: 'hostname', short: 'h', ...string('NAME'), help: 'name of the machine as the command sees it' },
  { name: 'interactive', short: 'i', ...bool, help: 'pass on standard input' },
  { name: 'memory', short: 'm', ...string('BYTES'), help: 'limit of memory' },
  { name: 'memory-swap', ...string('BYTES'), help: 'limit of memory and swap together, -1 for none' },
  { name: 'mount', ...list('type=TYPE,target=PATH'), help: 'mount a bind (with source=PATH[,readonly]) or a tmpfs' },
  { name: 'net', ...string('host|none'), help: 'the same as --network' },
  { name: 'network', ...string('host|none'), help: "the machine's network, or none (default host)" },
  { name: 'pids-limit', ...string('N'), help: 'processes at once' },
  { name: 'platform', ...string('OS/ARCH'), help: 'platform of the image (default that of this machine)' },
  {
    name: 'pull',
    ...string('WHEN'),
    values: ['missing', 'always', 'never'],
    help: 'ask the registry for the image: missing, always or never (default missing)',
  },
  { name: 'quiet', short: 'q', ...bool, help: 'do not say that an image is pulled' },
  { name: 'read-only', ...bool, help: 'the root cannot be written to' },
  ROOT_FLAG,
  {
    name: 'runner',
    kind: 'string',
    placeholder: 'RUNNER',
    values: RUNNERS,
    origin: 'tsbuild',
    help: 'what runs the command: builtin, runc or crun',
  },
  { name: 'shm-size', ...string('BYTES'), help: 'size of /dev/shm (default 64m)' },
  { name: 'tmpfs', ...list('PATH[:size=BYTES]'), help: 'an empty folder in memory' },
  { name: 'tty', short: 't', ...bool, help: 'give the command a terminal' },
  { name: 'ulimit', ...list('NAME=SOFT[:HARD]'), help: 'limit what its processes may use' },
  { name: 'user', short: 'u', ...string('USER[:GROUP]'), help: 'who runs the command, by name or number' },
  { name: 'volume', short: 'v', ...list('SOURCE:PATH[:ro]'), help: 'bind a folder or file of this machine' },
  { name: 'workdir', short: 'w', ...string('PATH'), help: 'working directory' },
] as const satisfies readonly SupportedFlag[];

function string(placeholder: string) {
  return { kind: 'string', placeholder, ...docker } as const;
}

function list(placeholder: string) {
  return { kind: 'list', placeholder, ...docker } as const;
}

import type { RefusedFlag } from '../flag.ts';

const docker = { origin: 'docker' } as const;
const bool = { kind: 'bool', ...docker } as const;
const string = { kind: 'string', placeholder: 'VALUE', ...docker } as const;
const list = { kind: 'list', placeholder: 'VALUE', ...docker } as const;

const NO_CONTAINER = { reason: 'the command runs while you wait, and nothing of it is kept', mend: 'leave it out' };
const NO_LIMITS = {
  reason: 'only memory, processors and processes are limited',
  mend: 'use --memory, --cpu-quota, --cpuset-cpus or --pids-limit',
};
const NO_PRIVILEGES = { reason: "the command has Docker's default privileges, no more and no less" };
const NO_NETWORK = {
  reason: "a command has the machine's network or none",
  mend: 'use --network host: what the command listens on is reached on this machine',
};
const NO_DEVICES = { reason: 'commands see no devices of this machine' };
const NO_HEALTH = { reason: 'health is not checked', mend: 'leave it out' };
const WINDOWS = { reason: 'it is for Windows containers' };

/** The flags of `docker run` that `tsbuild run` refuses, each with the reason. */
export const REFUSED_RUN_FLAGS = [
  { name: 'annotation', ...list, ...NO_CONTAINER },
  { name: 'attach', short: 'a', ...list, reason: 'output is always passed on, input with --interactive' },
  { name: 'blkio-weight', ...string, ...NO_LIMITS },
  { name: 'blkio-weight-device', ...list, ...NO_LIMITS },
  { name: 'cap-add', ...list, ...NO_PRIVILEGES },
  { name: 'cap-drop', ...list, ...NO_PRIVILEGES },
  { name: 'cgroup-parent', ...string, ...NO_LIMITS },
  { name: 'cgroupns', ...string, ...NO_LIMITS },
  { name: 'cidfile', ...string, ...NO_CONTAINER },
  { name: 'cpu-count', ...string, ...WINDOWS },
  { name: 'cpu-percent', ...string, ...WINDOWS },
  { name: 'cpu-rt-period', ...string, ...NO_LIMITS },
  { name: 'cpu-rt-runtime', ...string, ...NO_LIMITS },
  { name: 'cpus', ...string, ...NO_LIMITS },
  { name: 'detach', short: 'd', ...bool, ...NO_CONTAINER, harmless: ['false'] },
  { name: 'detach-keys', ...string, ...NO_CONTAINER },
  { name: 'device', ...list, ...NO_DEVICES },
  { name: 'device-cgroup-rule', ...list, ...NO_DEVICES },
  { name: 'device-read-bps', ...list, ...NO_LIMITS },
  { name: 'device-read-iops', ...list, ...NO_LIMITS },
  { name: 'device-write-bps', ...list, ...NO_LIMITS },
  { name: 'device-write-iops', ...list, ...NO_LIMITS },
  { name: 'dns', ...list, ...NO_NETWORK },
  { name: 'dns-opt', ...list, ...NO_NETWORK },
  { name: 'dns-option', ...list, ...NO_NETWORK },
  { name: 'dns-search', ...list, ...NO_NETWORK },
  { name: 'domainname', ...string, ...NO_NETWORK },
  { name: 'expose', ...list, ...NO_NETWORK },
  { name: 'gpus', ...string, ...NO_DEVICES },
  { name: 'group-add', ...list, reason: 'groups are those of /etc/group', mend: 'use --user USER:GROUP' },
  { name: 'health-cmd', ...string, ...NO_HEALTH },
  { name: 'health-interval', ...string, ...NO_HEALTH },
  { name: 'health-retries', ...string, ...NO_HEALTH },
  { name: 'health-start-interval', ...string, ...NO_HEALTH },
  { name: 'health-start-period', ...string, ...NO_HEALTH },
  { name: 'health-timeout', ...string, ...NO_HEALTH },
  {
    name: 'init',
    ...bool,
    reason: 'the command is the first process, and what it leaves behind is ended with it',
    mend: 'leave it out',
    harmless: ['false'],
  },
  { name: 'io-maxbandwidth', ...string, ...WINDOWS },
  { name: 'io-maxiops', ...string, ...WINDOWS },
  { name: 'ip', ...string, ...NO_NETWORK },
  { name: 'ip6', ...string, ...NO_NETWORK },
  { name: 'ipc', ...string, reason: 'every command has its own IPC namespace', harmless: ['', 'private'] },
  { name: 'isolation', ...string, ...WINDOWS, harmless: ['default'] },
  { name: 'kernel-memory', ...string, ...NO_LIMITS },
  { name: 'label', short: 'l', ...list, ...NO_CONTAINER },
  { name: 'label-file', ...list, ...NO_CONTAINER },
  { name: 'link', ...list, ...NO_NETWORK },
  { name: 'link-local-ip', ...list, ...NO_NETWORK },
  { name: 'log-driver', ...string, ...NO_CONTAINER },
  { name: 'log-opt', ...list, ...NO_CONTAINER },
  { name: 'mac-address', ...string, ...NO_NETWORK },
  { name: 'memory-reservation', ...string, ...NO_LIMITS },
  { name: 'memory-swappiness', ...string, ...NO_LIMITS },
  { name: 'name', ...string, ...NO_CONTAINER },
  { name: 'net-alias', ...list, ...NO_NETWORK },
  { name: 'network-alias', ...list, ...NO_NETWORK },
  { name: 'oom-kill-disable', ...bool, ...NO_LIMITS, harmless: ['false'] },
  { name: 'oom-score-adj', ...string, ...NO_LIMITS, harmless: ['0'] },
  { name: 'pid', ...string, reason: 'every command has its own pid namespace' },
  { name: 'privileged', ...bool, ...NO_PRIVILEGES, harmless: ['false'] },
  { name: 'publish', short: 'p', ...list, ...NO_NETWORK },
  { name: 'publish-all', short: 'P', ...bool, ...NO_NETWORK, harmless: ['false'] },
  { name: 'restart', ...string, ...NO_CONTAINER, harmless: ['', 'no'] },
  { name: 'runtime', ...string, reason: 'the runner is chosen otherwise', mend: 'use --runner runc' },
  { name: 'security-opt', ...list, ...NO_PRIVILEGES },
  { name: 'sig-proxy', ...bool, reason: 'signals are always passed on', harmless: ['true'] },
  { name: 'stop-signal', ...string, ...NO_CONTAINER },
  { name: 'stop-timeout', ...string, ...NO_CONTAINER },
  { name: 'storage-opt', ...list, ...NO_CONTAINER },
  { name: 'sysctl', ...list, ...NO_PRIVILEGES },
  { name: 'use-api-socket', ...bool, reason: 'there is no daemon', harmless: ['false'] },
  { name: 'userns', ...string, reason: 'the sandbox chooses its user namespace', mend: 'tsbuild doctor says which' },
  { name: 'uts', ...string, reason: 'every command has its own host name' },
  { name: 'volume-driver', ...string, reason: 'there are no named volumes' },
  { name: 'volumes-from', ...list, ...NO_CONTAINER },
] as const satisfies readonly RefusedFlag[];

import type { TierFeatures } from '../protocol.ts';
import { DEFAULT_CAPABILITIES, isPermitted } from './capabilities.ts';
import { ociResources } from './cgroup/oci-resources.ts';
import { MASKED, READ_ONLY } from './kernel-files.ts';
import { DEFAULT_HOSTNAME } from './network-files.ts';
import type { Command } from './runner.ts';
import { SECCOMP_PROFILE } from './seccomp-profile.ts';

const HARDENED = ['nosuid', 'noexec', 'nodev'];

/**
 * The command as an OCI runtime wants it. `/dev` and all other mounts are in place below the root already.
 * @see https://github.com/opencontainers/runtime-spec/blob/v1.2.1/config.md
 */
export function ociConfig(
  { spec, env, program, cwd, user, root, cgroup }: Command,
  { userNamespace }: TierFeatures,
  makesCgroups: boolean,
): object {
  const isPrivileged = spec.isPrivileged === true;
  const allowed = new Set(isPrivileged ? CAPABILITY_NAMES.keys() : DEFAULT_CAPABILITIES);
  const names = CAPABILITY_NAMES.filter((_, number) => allowed.has(number) && isPermitted(number));
  const held = user.uid === 0 ? names : [];
  const namespaces = ['pid', 'mount', 'ipc', 'uts', ...(spec.network === 'none' ? ['network'] : [])];
  const sys = {
    destination: '/sys',
    type: 'sysfs',
    source: 'sysfs',
    options: [...HARDENED, ...(isPrivileged ? [] : ['ro'])],
  };
  return {
    ociVersion: '1.0.2',
    root: { path: root, readonly: spec.isReadOnly === true },
    hostname: spec.hostname ?? DEFAULT_HOSTNAME,
    process: {
      args: [program, ...spec.args.slice(1)],
      env: Object.entries(env).map(([name, value]) => `${name}=${value}`),
      cwd,
      user: { uid: user.uid, gid: user.gid, additionalGids: user.groups, umask: 0o022 },
      noNewPrivileges: false,
      capabilities: { bounding: names, permitted: held, effective: held },
      rlimits: Object.entries(spec.ulimits ?? {}).map(([name, limits]) => ({
        type: `RLIMIT_${name.toUpperCase()}`,
        ...limits,
      })),
    },
    mounts: [
      { destination: '/proc', type: 'proc', source: 'proc', options: HARDENED },
      { destination: '/dev', type: 'bind', source: `${root}/dev`, options: ['rbind', 'rw'] },
      { destination: '/dev/mqueue', type: 'mqueue', source: 'mqueue', options: HARDENED },
      ...(userNamespace && spec.network === 'host' ? [] : [sys]),
    ],
    linux: {
      namespaces: namespaces.map((type) => ({ type })),
      ...(isPrivileged
        ? {}
        : { maskedPaths: absolute(MASKED), readonlyPaths: absolute(READ_ONLY), seccomp: SECCOMP_PROFILE }),
      ...(cgroup?.unifiedName === undefined || !makesCgroups ? {} : { cgroupsPath: `${cgroup.unifiedName}/command` }),
      resources: {
        devices: isPrivileged ? [{ allow: true, access: 'rwm' }] : undefined,
        ...(makesCgroups ? ociResources(spec.resources, cgroup?.countsSwap === true) : {}),
      },
    },
  };
}

function absolute(paths: readonly string[]): string[] {
  return paths.map((path) => `/${path}`);
}

/** Names of linux/capability.h, by number. */
const CAPABILITY_NAMES = (
  'chown dac_override dac_read_search fowner fsetid kill setgid setuid setpcap linux_immutable net_bind_service ' +
  'net_broadcast net_admin net_raw ipc_lock ipc_owner sys_module sys_rawio sys_chroot sys_ptrace sys_pacct sys_admin ' +
  'sys_boot sys_nice sys_resource sys_time sys_tty_config mknod lease audit_write audit_control setfcap mac_override ' +
  'mac_admin syslog wake_alarm block_suspend audit_read perfmon bpf checkpoint_restore'
)
  .split(' ')
  .map((name) => `CAP_${name.toUpperCase()}`);

import type { ExecMount, ProcessSpec, TerminalSize } from '@tsbuild/core';
import type { RunnerName } from '../src/options.ts';
import type { TierName } from '../src/tier/tier.ts';

/** A tier and a runner. */
export type Cell = `${TierName} ${RunnerName}`;

/**
 * What a feature gives: the output, or the refusal. Cells that are not named give `everywhere`. Texts may have `@cache` and
 * `@shared`, folders of the machine, `@socket` and `@port`, where something greets everybody, and `@mark`, which is in no other
 * process. The root of a mount is that of the command.
 */
export interface Feature {
  readonly args: readonly string[];
  readonly process?: Partial<ProcessSpec>;
  readonly mounts?: readonly unknown[];
  readonly input?: string;
  readonly terminal?: TerminalSize;
  readonly hasOneOutput?: boolean;
  readonly timeoutMs?: number;
  /** Sent to it when its first output comes. */
  readonly signal?: number;
  /** Asks what is left of `@mark` right after its end, which comes with its first output when it is an abort. */
  readonly ending?: { readonly isAbort: boolean };
  readonly everywhere: string;
  readonly cells?: Partial<Record<Cell, string>>;
}

const sh = (command: string) => ['/bin/sh', '-c', command];
const secret = { kind: 'secret', target: '/run/secrets/tok', data: 's3cret', mode: 0o400, uid: 0, gid: 0 } as const;
const bind = {
  kind: 'bind',
  target: '/m',
  source: '/usr/lib/os-release',
  writable: false,
  persistent: false,
} satisfies ExecMount;

const cache = { kind: 'bind', target: '/c', source: '@cache', writable: true, persistent: true } satisfies ExecMount;
const shared = { kind: 'bind', target: '/m', source: '@shared', persistent: false } as const;
const ssh = { kind: 'ssh', target: '/run/agent', socket: '@socket', mode: 0o600, uid: 0, gid: 0 } satisfies ExecMount;
const otherRoot = { kind: 'rootfs', target: '/m', path: '/etc', writable: false } as const;
/** Perl, as this machine has it, since no program of the base speaks to sockets. */
const perl = ['/usr', '/usr/lib', '/usr/lib64'].map((source) => {
  const target = source.replace('/usr/', '/');
  return { kind: 'bind', target, source, writable: false, persistent: false } satisfies ExecMount;
});

/** A program whose name nobody else's has, so that it is found among all processes. */
const MARKED = 'cp /bin/busybox /busybox@mark';
/** Ignores signals, and has a child in a session of its own. */
const STUBBORN = sh(
  `${MARKED}; trap '' TERM INT HUP; (setsid /busybox@mark sleep 600 &); echo ready; /busybox@mark sleep 600`,
);

const MIB = 1024 * 1024;
const ORDINARY_CELLS: readonly Cell[] = ['userns builtin', 'userns runc', 'userns crun', 'userns-single builtin'];

const NO_SECRET_FILE = 'the tier chroot does not have a secret file: it would be written to a disk (use env=)';
const NO_OTHER_ROOT = 'the tier chroot does not have a mount from another stage or image';
const EITHER_ORDER = '/^0 (?:(?:out|err) [1-4]\\n){8}$/';
/** An ordinary user is refused, unless it has a cgroup of its own: then the command ends with this status. */
function cannotLimit(what: string, exitCode: number): string {
  return `/^(?:${exitCode} |cannot limit ${what} of RUN steps: .*)/`;
}

/** What every cell is asked to do. */
export const FEATURES: Readonly<Record<string, Feature>> = {
  'exit status': { args: sh('exit 3'), everywhere: '3 ' },
  'death by a signal': { args: sh("sh -c 'kill -9 $$; true'; exit $?"), everywhere: '137 Killed\n' },
  'missing program': { args: ['nope'], everywhere: '127 exec: "nope": executable file not found in $PATH\n' },
  environment: { args: ['env'], everywhere: '0 PATH=/bin\nX=1 2\nHOME=/root\n' },
  'first process': { args: sh('echo $$'), everywhere: '0 1\n', cells: { 'chroot builtin': '/^0 [0-9]{2,}\\n$/' } },
  'empty stdin, umask': { args: sh('wc -c; umask'), everywhere: '0 0\n0022\n' },
  'order of output': {
    args: sh('for n in 1 2 3 4; do echo out $n; echo err $n >&2; done'),
    hasOneOutput: true,
    everywhere: '0 out 1\nerr 1\nout 2\nerr 2\nout 3\nerr 3\nout 4\nerr 4\n',
    // runc reads each output of its command, and passes on what it has read.
    cells: { 'root runc': EITHER_ORDER, 'userns runc': EITHER_ORDER },
  },
  'user and groups': {
    args: sh('echo $(id -u) $(id -g) $(id -G) $HOME'),
    process: { user: 'app' },
    everywhere: '0 1200 1300 1300 1400 /apphome\n',
    cells: { 'userns-single builtin': 'tier userns-single has no user 1200:1300, only root' },
  },
  'user without an entry': {
    args: sh('echo $(id -u) $(id -g) $HOME'),
    process: { user: '4321' },
    everywhere: '0 4321 0 /\n',
    cells: { 'userns-single builtin': 'tier userns-single has no user 4321:0, only root' },
  },
  'working directory': { args: ['pwd'], process: { cwd: '/srv/x' }, everywhere: '0 /srv/x\n' },
  capabilities: {
    args: sh('grep CapEff /proc/self/status | cut -f 2'),
    everywhere: '0 00000000a80425fb\n',
    cells: { 'chroot builtin': '0 grep: /proc/self/status: No such file or directory\n' },
  },
  'system calls': {
    args: sh('grep -w Seccomp /proc/self/status 2> /dev/null; unshare -Ur true 2> /dev/null; echo $?'),
    everywhere: '0 Seccomp:\t2\n1\n',
    cells: { 'chroot builtin': '0 1\n' },
  },
  'masked paths': {
    args: sh(
      'cat /proc/kcore /proc/keys /proc/timer_list 2> /dev/null | wc -c; touch /proc/sys/x 2> /dev/null; echo $?',
    ),
    everywhere: '0 0\n1\n',
  },
  '/sys is read-only': {
    args: sh('touch /sys/x 2> /dev/null; echo $?'),
    everywhere: '0 1\n',
    cells: { 'chroot builtin': '0 0\n' },
  },
  disks: {
    args: sh(
      'mknod /disk b 254 0 2> /dev/null; head -c 1 /disk > /dev/null 2>&1 && echo read; ls /dev/vda /dev/sda 2> /dev/null; echo end',
    ),
    everywhere: '0 end\n',
    cells: { 'chroot builtin': '/^0 (read\\n)?end\\n$/' },
  },
  devices: {
    args: sh(
      'head -c 2 /dev/zero | wc -c; head -c 3 /dev/urandom | wc -c; echo x > /dev/null; touch /dev/shm/x && echo shm',
    ),
    everywhere: '0 2\n3\nshm\n',
  },
  '/etc/hosts': {
    args: sh('head -1 /etc/hosts; test -f /etc/resolv.conf && echo yes'),
    everywhere: '0 127.0.0.1\tlocalhost buildkitsandbox\nyes\n',
  },
  hostname: {
    args: sh('hostname | grep -c buildkitsandbox'),
    everywhere: '0 1\n',
    cells: { 'chroot builtin': '1 0\n' },
  },
  'another hostname': {
    args: ['hostname'],
    process: { hostname: 'box1' },
    everywhere: '0 box1\n',
    cells: { 'chroot builtin': '/^0 (?!box1\\n)/' },
  },
  'extra hosts': {
    args: sh('grep 10.1 /etc/hosts'),
    process: { extraHosts: [{ name: 'db', address: '10.1.2.3' }] },
    everywhere: '0 10.1.2.3\tdb\n',
  },
  'network of the machine': { args: sh('nc 127.0.0.1 @port < /dev/null'), everywhere: '0 hello\n' },
  'no network': {
    args: sh('ls /sys/class/net'),
    process: { network: 'none' },
    everywhere: '0 lo\n',
    cells: { 'chroot builtin': 'the tier chroot does not have --network=none' },
  },
  'chown in the command': {
    args: sh('touch /f && chown 5:6 /f && stat -c "%u %g" /f'),
    everywhere: '0 5 6\n',
    cells: { 'userns-single builtin': '1 chown: /f: Invalid argument\n' },
  },
  'secret file': {
    args: sh('cat /run/secrets/tok'),
    mounts: [secret],
    everywhere: '0 s3cret',
    cells: { 'chroot builtin': NO_SECRET_FILE },
  },
  'secret file of a user': {
    args: sh('cat /run/secrets/tok; stat -c " %a %u %g" /run/secrets/tok'),
    mounts: [{ ...secret, mode: 0o440, uid: 1200, gid: 6 }],
    everywhere: '0 s3cret 440 1200 6\n',
    cells: {
      'userns-single builtin': 'this sandbox has no user 1200:6 to own the mount "/run/secrets/tok"',
      'chroot builtin': NO_SECRET_FILE,
    },
  },
  'ssh agent': {
    args: sh(`perl -MIO::Socket::UNIX -e 'print IO::Socket::UNIX->new("/run/agent")->getline'; stat -c %a /run/agent`),
    process: { env: { PATH: '/bin:/usr/bin' } },
    mounts: [ssh, ...perl],
    everywhere: '0 hello\n600\n',
    cells: { 'chroot builtin': 'the tier chroot does not have an ssh mount' },
  },
  'bind mount': { args: sh('grep -c ^ID= /m; ls /m'), mounts: [bind], everywhere: '0 1\n/m\n' },
  'writes to a bind mount vanish': {
    args: sh('touch /m/x; ls /m; ls /n; touch /n/y 2> /dev/null; ls /n'),
    mounts: [
      { ...shared, writable: true },
      { ...shared, target: '/n', writable: false },
    ],
    everywhere: '0 x\n',
    cells: { 'chroot builtin': '0 x\ny\n' },
  },
  'bind mount of another root': {
    args: sh('head -1 /m/group; touch /m/x 2> /dev/null; ls /m'),
    mounts: [otherRoot],
    everywhere: '0 root:x:0:\ngroup\npasswd\n',
    cells: { 'chroot builtin': NO_OTHER_ROOT },
  },
  'writes to another root vanish': {
    args: sh('touch /m/x; ls /m; ls /n'),
    mounts: [
      { ...otherRoot, writable: true },
      { ...otherRoot, target: '/n' },
    ],
    everywhere: '0 group\npasswd\nx\ngroup\npasswd\n',
    cells: { 'chroot builtin': NO_OTHER_ROOT },
  },
  'cache mount': { args: sh('echo kept > /c/f; ls /c'), mounts: [cache], everywhere: '0 f\n' },
  'cache mount of an earlier step': { args: sh('cat /c/f'), mounts: [cache], everywhere: '0 kept\n' },
  'script of the step': {
    args: ['/dev/pipes/EOF'],
    mounts: [{ kind: 'file', target: '/dev/pipes/EOF', data: '#!/bin/sh\necho ran\n', mode: 0o755 }],
    everywhere: '0 ran\n',
  },
  tmpfs: { args: sh('touch /root/x; ls /root'), mounts: [{ kind: 'tmpfs', target: '/root' }], everywhere: '0 x\n' },
  'size of a tmpfs': {
    args: sh('head -c 100000 /dev/zero > /t/f 2> /dev/null; stat -c %s /t/f'),
    mounts: [{ kind: 'tmpfs', target: '/t', sizeBytes: 65536 }],
    everywhere: '0 65536\n',
    cells: { 'chroot builtin': 'the tier chroot does not have the size of a tmpfs' },
  },
  'size of /dev/shm': {
    args: sh('df -k /dev/shm | tail -1 | tr -s " " | cut -d " " -f 2'),
    process: { shmSizeBytes: MIB },
    everywhere: '0 1024\n',
    cells: { 'chroot builtin': 'the tier chroot does not have --shm-size' },
  },
  ulimit: { args: sh('ulimit -n'), process: { ulimits: { nofile: { soft: 100, hard: 200 } } }, everywhere: '0 100\n' },
  insecure: {
    args: sh('mount -t tmpfs none /tmp && echo mounted; touch /sys/x 2>&1 | grep -c Read-only'),
    process: { isPrivileged: true },
    everywhere: '1 mounted\n0\n',
    cells: { 'chroot builtin': 'the tier chroot does not have --security=insecure' },
  },
  'read-only root': {
    args: sh('touch /f 2> /dev/null; echo $?; touch /dev/shm/f && echo shm'),
    process: { isReadOnly: true },
    everywhere: '0 1\nshm\n',
    cells: { 'chroot builtin': 'the tier chroot does not have a read-only root' },
  },
  input: { args: ['cat'], input: 'of ours', everywhere: '0 of ours' },
  terminal: {
    args: sh('cat; stty size'),
    input: 'typed\n',
    terminal: { columns: 90, rows: 30 },
    everywhere: '0 typed\r\ntyped\r\n30 90\r\n',
    cells: {
      'root runc': 'no terminal with the runner runc',
      'root crun': 'no terminal with the runner crun',
      'userns runc': 'no terminal with the runner runc',
      'userns crun': 'no terminal with the runner crun',
    },
  },
  'limited processes': {
    args: sh('for n in 1 2 3 4 5 6 7 8 9; do sleep 1 & done 2> /dev/null; echo all'),
    process: { resources: { pidsLimit: 5 } },
    everywhere: '2 ',
    cells: Object.fromEntries(ORDINARY_CELLS.map((cell) => [cell, cannotLimit('pids', 2)])),
  },
  'limited memory': {
    args: sh('head -c 90000000 /dev/zero | tail -c 90000000 > /dev/null; exit $?'),
    process: { resources: { memory: 16 * MIB, memorySwap: 16 * MIB } },
    everywhere: '/^137 (?:Killed\\n)?$/', // the kernel may choose the shell, too
    cells: Object.fromEntries(ORDINARY_CELLS.map((cell) => [cell, cannotLimit('memory', 137)])),
  },
  'limited processor time': {
    args: sh('echo ran'),
    process: { resources: { cpuQuota: 50_000, cpuPeriod: 100_000, cpuShares: 512 } },
    everywhere: '0 ran\n',
    cells: Object.fromEntries(ORDINARY_CELLS.map((cell) => [cell, cannotLimit('cpu', 0)])),
  },
  'file view': {
    args: sh('ls / /etc; stat -c "%a %u:%g" /tmp /bin/busybox; readlink /bin/ls; id -un'),
    everywhere:
      '0 /:\nbin\ndev\netc\nproc\nroot\nsys\ntmp\nusr\nvar\n\n/etc:\ngroup\nhosts\npasswd\nresolv.conf\n1777 0:0\n755 0:0\nbusybox\nroot\n',
  },
  signals: {
    args: sh('trap "echo caught; exit 7" USR1; echo up; while :; do sleep 0.05; done'),
    signal: 10,
    everywhere: '7 up\ncaught\n',
  },
  'an abort leaves no process': {
    args: STUBBORN,
    ending: { isAbort: true },
    everywhere: 'enough: 0 processes',
  },
  'a time limit leaves no process': {
    args: STUBBORN,
    timeoutMs: 1000,
    ending: { isAbort: false },
    everywhere: '137 0 processes',
  },
  'the end leaves no process': {
    args: sh(`${MARKED}; (setsid /busybox@mark sleep 600 < /dev/null > /dev/null 2>&1 &); exit 3`),
    ending: { isAbort: false },
    everywhere: '3 0 processes',
  },
  'opaque folders': { args: sh('rm -rf /usr && mkdir /usr && ls -A /usr | wc -l'), everywhere: '0 0\n' },
};

/** The matrix: what a machine can show of it is shown. */
export const CELLS: readonly Cell[] = [
  'root builtin',
  'root runc',
  'root crun',
  'userns builtin',
  'userns runc',
  'userns crun',
  'userns-single builtin',
  'chroot builtin',
];

import { expect, test } from 'vitest';
import { parseFlags } from './parse-flags.ts';
import { RUN_FLAGS } from './run-flags.ts';

/** What `docker run --help` of Docker 28 lists, and the aliases that it hides. */
const DOCKER = `add-host annotation attach blkio-weight blkio-weight-device cap-add cap-drop cgroup-parent cgroupns cidfile
  cpu-count cpu-percent cpu-period cpu-quota cpu-rt-period cpu-rt-runtime cpu-shares cpus cpuset-cpus cpuset-mems detach
  detach-keys device device-cgroup-rule device-read-bps device-read-iops device-write-bps device-write-iops
  disable-content-trust dns dns-opt dns-option dns-search domainname entrypoint env env-file expose gpus group-add health-cmd
  health-interval health-retries health-start-interval health-start-period health-timeout hostname init interactive
  io-maxbandwidth io-maxiops ip ip6 ipc isolation kernel-memory label label-file link link-local-ip log-driver log-opt
  mac-address memory memory-reservation memory-swap memory-swappiness mount name net net-alias network network-alias
  no-healthcheck oom-kill-disable oom-score-adj pid pids-limit platform privileged publish publish-all pull quiet read-only
  restart rm runtime security-opt shm-size sig-proxy stop-signal stop-timeout storage-opt sysctl tmpfs tty ulimit
  use-api-socket user userns uts volume volume-driver volumes-from workdir`;

test('the table has every flag of docker run, and nothing else but ours', () => {
  expect(RUN_FLAGS.map(({ name }) => name)).toEqual([...DOCKER.split(/\s+/), 'root', 'runner'].sort());
});

test('short names are those of docker', () => {
  const short = RUN_FLAGS.flatMap((flag) => (flag.short === undefined ? [] : [`${flag.short} ${flag.name}`]));
  expect(short.join(', ')).toBe(
    'a attach, c cpu-shares, d detach, e env, h hostname, i interactive, l label, m memory, p publish, P publish-all, q quiet, t tty, u user, v volume, w workdir',
  );
});

test.each(RUN_FLAGS.filter(({ status }) => status === 'refused'))('--$name is refused by its name', (flag) => {
  const args =
    flag.kind === 'bool' ? [`--${flag.name}=${flag.name === 'sig-proxy' ? 'false' : 'true'}`] : [`--${flag.name}`, 'x'];
  expect(() => parseFlags(RUN_FLAGS, [...args, 'image'])).toThrow(`--${flag.name} is not supported: `);
});

test('flags end at the image', () => {
  const { values, positionals } = parseFlags(RUN_FLAGS, ['-it', '-e', 'A=1', 'image', 'ls', '-t', '--env', 'x'], {
    flagsComeFirst: true,
  });
  expect([values.bool('interactive'), values.list('env'), positionals]).toEqual([
    true,
    ['A=1'],
    ['image', 'ls', '-t', '--env', 'x'],
  ]);
});

import { closeSync, mkdirSync, openSync, symlinkSync } from 'node:fs';
import { MS_BIND, MS_NODEV, MS_NOEXEC, MS_NOSUID } from '../linux/flags.ts';
import { mount } from '../linux/libc.ts';

const NODES = ['null', 'zero', 'full', 'random', 'urandom', 'tty'];

const LINKS: readonly (readonly [name: string, target: string])[] = [
  ['fd', '/proc/self/fd'],
  ['stdin', '/proc/self/fd/0'],
  ['stdout', '/proc/self/fd/1'],
  ['stderr', '/proc/self/fd/2'],
  ['core', '/proc/kcore'],
  ['ptmx', 'pts/ptmx'],
];

const DEFAULT_SHM_BYTES = 64 * 1024 * 1024;
const TTY_GROUP = 5;

/**
 * Mounts a `/dev` of its own on `folder`. It is `nodev`, so that a node made by the command is dead; the usual devices
 * are bound in one by one. `mqueue` is left for the command's own ipc namespace.
 */
export function mountDevices(
  folder: string,
  { shmSizeBytes = DEFAULT_SHM_BYTES, devices = NODES }: { shmSizeBytes?: number | undefined; devices?: string[] },
): void {
  mount({ source: 'tmpfs', target: folder, type: 'tmpfs', flags: MS_NOSUID | MS_NODEV, data: 'mode=755,size=65536k' });
  for (const name of devices) {
    closeSync(openSync(`${folder}/${name}`, 'wx', 0o666));
    mount({ source: `/dev/${name}`, target: `${folder}/${name}`, flags: MS_BIND });
  }
  for (const [name, target] of LINKS) symlinkSync(target, `${folder}/${name}`);
  for (const name of ['pts', 'shm', 'mqueue']) mkdirSync(`${folder}/${name}`, 0o755);
  mountTerminals(`${folder}/pts`);
  const flags = MS_NOSUID | MS_NODEV | MS_NOEXEC;
  mount({ source: 'shm', target: `${folder}/shm`, type: 'tmpfs', flags, data: `mode=1777,size=${shmSizeBytes}` });
}

function mountTerminals(target: string): void {
  const data = 'newinstance,ptmxmode=0666,mode=0620';
  const call = (options: string) =>
    mount({ source: 'devpts', target, type: 'devpts', flags: MS_NOSUID | MS_NOEXEC, data: options });
  try {
    call(`${data},gid=${TTY_GROUP}`);
  } catch {
    call(data); // the group is not mapped in a user namespace of one id
  }
}

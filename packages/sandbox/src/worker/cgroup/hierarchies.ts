import { readFileSync } from 'node:fs';

/** The kinds of limits that Linux keeps in cgroups. */
export type Controller = 'memory' | 'pids' | 'cpu' | 'cpuset';

/** A mounted tree of cgroups, and this process's place in it. */
export interface Hierarchy {
  /** Version 1 has a tree for each controller, version 2 one for all. */
  readonly version: 1 | 2;
  /** Where it is mounted. */
  readonly top: string;
  /** The cgroup of this process: `top` or a folder below it. */
  readonly own: string;
}

interface CgroupMount {
  readonly type: string;
  /** The cgroup that is mounted. */
  readonly root: string;
  readonly target: string;
  readonly options: readonly string[];
}

/** Where this process may look for the limits of `controller`; undefined when no such tree is mounted. */
export function findHierarchy(controller: Controller): Hierarchy | undefined {
  const memberships = readFileSync('/proc/self/cgroup', 'utf8');
  return hierarchyOf(controller, memberships, readFileSync('/proc/self/mountinfo', 'utf8'));
}

/** The same, from the texts of `/proc/self/cgroup` and `/proc/self/mountinfo`. */
export function hierarchyOf(controller: Controller, memberships: string, mountinfo: string): Hierarchy | undefined {
  const mounts = parseMounts(mountinfo);
  const version1 = membershipOf(memberships, (controllers) => controllers.split(',').includes(controller));
  if (version1 !== undefined) {
    const mount = mounts.find(({ type, options }) => type === 'cgroup' && options.includes(controller));
    return mount && placeIn(mount, version1, 1);
  }
  const unified = membershipOf(memberships, (controllers) => controllers === '');
  const mount = mounts.find(({ type }) => type === 'cgroup2');
  return mount && unified !== undefined ? placeIn(mount, unified, 2) : undefined;
}

/** Lines are `number:controllers:path`. */
function membershipOf(text: string, matches: (controllers: string) => boolean): string | undefined {
  for (const line of text.split('\n')) {
    const [, controllers, path] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
    if (controllers !== undefined && matches(controllers)) return path;
  }
  return undefined;
}

/** Undefined when this process is in a part of the tree that is not mounted here. */
function placeIn({ root, target }: CgroupMount, path: string, version: 1 | 2): Hierarchy | undefined {
  if (path.split('/').includes('..')) return undefined;
  const below =
    root === '/' ? path : path === root || path.startsWith(`${root}/`) ? path.slice(root.length) : undefined;
  if (below === undefined) return undefined;
  return { version, top: target, own: below === '/' || below === '' ? target : `${target}${below}` };
}

/** @see https://man7.org/linux/man-pages/man5/proc_pid_mountinfo.5.html */
function parseMounts(mountinfo: string): readonly CgroupMount[] {
  return mountinfo.split('\n').flatMap((line) => {
    const [before = '', after = ''] = line.split(' - ');
    const [, , , root = '', target = ''] = before.split(' ');
    const [type = '', , options = ''] = after.split(' ');
    return type.startsWith('cgroup') ? [{ type, root, target: decodeOctal(target), options: options.split(',') }] : [];
  });
}

function decodeOctal(path: string): string {
  return path.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}

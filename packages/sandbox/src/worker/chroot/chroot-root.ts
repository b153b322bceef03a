import { chmodSync, closeSync, cpSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { baseName, parentPath, systemErrorCode, TsbuildError } from '@tsbuild/core';
import { makeNode } from '../../linux/libc.ts';
import type { RunMount, RunOrder } from '../../protocol.ts';
import { networkFiles } from '../network-files.ts';
import { OpenRoot } from '../open-root.ts';
import { refuseTarget } from '../refuse-target.ts';
import { removeCreated } from '../remove-created.ts';
import { type CreatedEntry, entryPath, openInRoot } from '../root-path.ts';
import type { Undoing } from '../undoing.ts';

const DEVICES: readonly (readonly [name: string, minor: number, major?: number])[] = [
  ['null', 3],
  ['zero', 5],
  ['full', 7],
  ['random', 8],
  ['urandom', 9],
  ['tty', 0, 5],
];

const S_IFCHR = 0o020000;

/**
 * A whole root on disk, for a command that has no mounts of its own: what others have as a mount is put in its place,
 * and what was there is put back afterwards.
 */
class ChrootRoot extends OpenRoot {
  /** Folder on the same file system for what is in the way. */
  readonly #aside: string;
  readonly #undo: (() => void)[] = [];
  #count = 0;

  constructor(path: string, aside: string) {
    super(path);
    this.#aside = aside;
  }

  /** Gives the command folders of its own where others have the kernel's files, and the usual devices. */
  makeDevices(): void {
    for (const name of ['dev', 'proc', 'sys']) {
      this.requireFolder(name);
      this.#putAt(name, true, (path) => makeFolder(path, 0o755));
    }
    for (const [name, minor, major = 1] of DEVICES) {
      makeDevice(`${this.path}/dev/${name}`, { major, minor });
    }
    makeFolder(`${this.path}/dev/shm`, 0o1777);
  }

  /** @throws {TsbuildError} for a kind of mount that this tier does not have */
  place(mount: RunMount): void {
    switch (mount.kind) {
      case 'file':
        this.#put(mount.target, (path) => writeFileSync(path, mount.data, { flag: 'wx', mode: mount.mode }));
        break;
      case 'tmpfs':
        if (mount.sizeBytes !== undefined) throw refused('the size of a tmpfs');
        this.#put(mount.target, (path) => makeFolder(path, 0o1777));
        break;
      case 'bind':
        this.#bind(mount);
        break;
      case 'rootfs':
        throw refused('a mount from another stage or image');
      case 'secret':
        throw refused('a secret file: it would be written to a disk (use env=)');
      case 'ssh':
        throw refused('an ssh mount');
      default:
        mount satisfies never;
    }
  }

  /** Takes out what was put in. */
  override close(): void {
    for (const undo of this.#undo.reverse()) undo();
    super.close();
  }

  /** A cache is moved in and out; anything else is copied, so that writes vanish. */
  #bind({ target, source, writable, persistent }: Extract<RunMount, { kind: 'bind' }>): void {
    if (writable && persistent)
      this.#put(
        target,
        (path) => moveIn(source, path),
        (path) => renameSync(path, source),
      );
    else
      this.#put(target, (path) =>
        cpSync(source, path, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true }),
      );
  }

  #put(target: string, make: (path: string) => void, remove: (path: string) => void = discard): void {
    const existing = openInRoot(this.fd, target);
    if (existing !== undefined) closeSync(existing.fd);
    const resolved = existing?.path ?? this.#resolveParent(target);
    refuseTarget(resolved, target);
    this.#putAt(resolved, existing !== undefined, make, remove);
  }

  /** `path` has no symlinks. What is there is kept aside. */
  #putAt(path: string, exists: boolean, make: (path: string) => void, remove: (path: string) => void = discard): void {
    const parent = openInRoot(this.fd, parentPath(path));
    if (parent === undefined) throw new Error(`no place for ${path}`);
    const disk = String(entryPath(parent.fd, baseName(path)));
    this.#count += 1;
    const aside = `${this.#aside}/${this.#count}`;
    if (exists) renameSync(disk, aside);
    this.#undo.push(() => {
      if (exists) renameSync(aside, disk);
      closeSync(parent.fd);
    });
    make(disk);
    this.#undo.push(() => remove(disk));
  }

  #resolveParent(target: string): string {
    const created: CreatedEntry[] = [];
    const clean = target.replace(/\/+$/, '');
    const parent = openInRoot(this.fd, parentPath(clean), { kind: 'directory', created });
    this.#undo.push(() => created.reverse().forEach(removeCreated));
    if (parent === undefined) throw new Error(`no place for ${target}`);
    closeSync(parent.fd);
    return parent.path === '' ? baseName(clean) : `${parent.path}/${baseName(clean)}`;
  }
}

/** Readies a root for a command. What undoes it is added to `undoing`, also when a later part fails. */
export function prepareChroot(order: RunOrder, undoing: Undoing): OpenRoot {
  refuseProcess(order);
  if (order.copy === undefined) throw new Error('no copy of the root');
  const aside = `${order.folder}/aside`;
  mkdirSync(aside);
  const root = new ChrootRoot(order.copy, aside);
  undoing.before(() => root.close());
  root.makeDevices();
  for (const mount of [...networkFiles(order.process), ...order.mounts]) root.place(mount);
  return root;
}

function refuseProcess({ process: { network, isPrivileged, isReadOnly, shmSizeBytes } }: RunOrder): void {
  if (network === 'none') throw refused('--network=none');
  if (isPrivileged === true) throw refused('--security=insecure');
  if (shmSizeBytes !== undefined) throw refused('--shm-size');
  if (isReadOnly === true) throw refused('a read-only root');
}

function refused(what: string): TsbuildError {
  return new TsbuildError('ERR_TSBUILD_RUN_UNAVAILABLE', `the tier chroot does not have ${what}`, {
    hint: 'start the container with --privileged, or build as a user with subordinate ids outside of it',
  });
}

/** Where a container lacks the capability, nothing else would make devices either. */
function makeDevice(path: string, device: { readonly major: number; readonly minor: number }): void {
  try {
    makeNode(path, S_IFCHR | 0o666, device);
  } catch (cause) {
    if (systemErrorCode(cause) !== 'EPERM') throw cause;
    throw new TsbuildError('ERR_TSBUILD_RUN_UNAVAILABLE', 'this container may not make the devices of a root', {
      cause,
      hint: 'start the container with the capability MKNOD (--cap-add=MKNOD), which Docker gives unless told otherwise',
    });
  }
}

function makeFolder(path: string, mode: number): void {
  mkdirSync(path);
  chmodSync(path, mode);
}

function moveIn(source: string, path: string): void {
  try {
    renameSync(source, path);
  } catch (error) {
    throw systemErrorCode(error) === 'EXDEV' ? refused('a cache on another file system') : error;
  }
}

function discard(path: string): void {
  rmSync(path, { recursive: true, force: true });
}

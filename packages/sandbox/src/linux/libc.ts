import { constants } from 'node:os';
import { encodeName } from '@tsbuild/core';
import koffi from 'koffi';

/** The C library that Node itself uses: glibc or musl. */
const library = koffi.load(null);

const ERRNO_NAMES = new Map(Object.entries(constants.errno).map(([name, errno]) => [errno, name]));

/** A system call failed; shaped like the errors of `node:fs`. */
export class SystemCallError extends Error {
  readonly code: string;
  readonly errno: number;
  readonly syscall: string;

  constructor(syscall: string, errno: number, subject: string) {
    const code = errnoName(errno);
    super(`${syscall}${subject === '' ? '' : ` ${subject}`}: ${code}`);
    this.code = code;
    this.errno = -errno;
    this.syscall = syscall;
  }
}

/** `EPERM` for 1. */
export function errnoName(errno: number): string {
  return ERRNO_NAMES.get(errno) ?? `errno ${errno}`;
}

/** A name as C wants it: bytes and a NUL. */
function cString(name: string): Buffer {
  return Buffer.concat([encodeName(name), Buffer.of(0)]);
}

function check(result: number, syscall: string, subject = ''): number {
  if (result === -1) throw new SystemCallError(syscall, koffi.errno(), subject);
  return result;
}

const mountCall = library.func('mount', 'int', ['void *', 'void *', 'void *', 'ulong', 'void *']);
const umountCall = library.func('umount2', 'int', ['void *', 'int']);
const statvfsCall = library.func('statvfs', 'int', ['void *', 'void *']);
const unshareCall = library.func('unshare', 'int', ['int']);
const setnsCall = library.func('setns', 'int', ['int', 'int']);
const pipeCall = library.func('pipe2', 'int', [koffi.out('int *'), 'int']);
const memfdCall = library.func('memfd_create', 'int', ['void *', 'uint']);
const fcntlCall = library.func('fcntl', 'int', ['int', 'int', 'long']);
const ioctlPointerCall = library.func('ioctl', 'int', ['int', 'ulong', 'void *']);
const ioctlNumberCall = library.func('ioctl', 'int', ['int', 'ulong', 'long']);
const pollCall = library.func('poll', 'int', ['void *', 'ulong', 'int']);
const chrootCall = library.func('chroot', 'int', ['void *']);
const pivotRootCall = library.func('pivot_root', 'int', ['void *', 'void *']);
const fchdirCall = library.func('fchdir', 'int', ['int']);
const exitCall = library.func('_exit', 'void', ['int']);
const mknodCall = library.func('mknod', 'int', ['void *', 'uint', 'uint64']);
const llistxattrCall = library.func('llistxattr', 'int64', ['void *', 'void *', 'uint64']);
const lgetxattrCall = library.func('lgetxattr', 'int64', ['void *', 'void *', 'void *', 'uint64']);
const lsetxattrCall = library.func('lsetxattr', 'int', ['void *', 'void *', 'void *', 'uint64', 'int']);

/** Of `f_flag` in `struct statvfs` of glibc and musl on 64-bit machines. */
const STATVFS_FLAGS_OFFSET = 72;

const O_CLOEXEC = 0o2000000;
const MFD_CLOEXEC = 1;
const F_SETFD = 2;
const POLLIN = 1;
const FD_CLOEXEC = 1;

export interface MountCall {
  readonly source?: string;
  readonly target: string;
  readonly type?: string;
  readonly flags?: number;
  readonly data?: string;
}

/** mount(2). */
export function mount({ source = 'none', target, type, flags = 0, data }: MountCall): void {
  const result = mountCall(
    cString(source),
    cString(target),
    type === undefined ? null : cString(type),
    flags,
    data === undefined ? null : cString(data),
  );
  check(result, 'mount', `${type ?? source} on ${target}`);
}

/** umount2(2). */
export function unmount(target: string, flags: number): void {
  check(umountCall(cString(target), flags), 'umount', target);
}

/** Which of nosuid, nodev, noexec and read-only the mount of `path` has, as flags of mount(2): statvfs(2) uses the same. */
export function mountRestrictions(path: string): number {
  const stats = Buffer.alloc(256);
  check(statvfsCall(cString(path), stats), 'statvfs', path);
  return stats.readUInt32LE(STATVFS_FLAGS_OFFSET) & 0xf;
}

/** unshare(2) for the calling thread. */
export function unshare(flags: number): void {
  check(unshareCall(flags), 'unshare');
}

/** setns(2) for the calling thread. */
export function setNamespace(fd: number, kind: number): void {
  check(setnsCall(fd, kind), 'setns');
}

/** A real pipe, unlike those of `child_process`, so that a command can open `/dev/stdout`. Closed in programs started. */
export function createPipe(): { readonly read: number; readonly write: number } {
  const fds: number[] = [0, 0];
  check(pipeCall(fds, O_CLOEXEC), 'pipe2');
  const [read = -1, write = -1] = fds;
  return { read, write };
}

/** A file without a name, in memory. */
export function createMemoryFile(name: string): number {
  return check(memfdCall(cString(name), MFD_CLOEXEC), 'memfd_create');
}

/** ioctl(2) whose argument is a number or lies in memory. Returns its result. */
export function ioctl(fd: number, request: number, argument: number | Uint8Array): number {
  const call = typeof argument === 'number' ? ioctlNumberCall : ioctlPointerCall;
  return check(call(fd, request, argument), 'ioctl', `0x${request.toString(16)}`);
}

/** poll(2): whether a read would give bytes, or an end, at once. */
export function hasInput(fd: number): boolean {
  const polled = Buffer.alloc(8);
  polled.writeInt32LE(fd, 0);
  polled.writeInt16LE(POLLIN, 4);
  return check(pollCall(polled, 1, 0), 'poll') === 1;
}

/** Makes programs that this process starts not inherit `fd`. */
export function closeOnExec(fd: number): void {
  check(fcntlCall(fd, F_SETFD, FD_CLOEXEC), 'fcntl');
}

/** chroot(2), for the whole process. */
export function changeRoot(path: string): void {
  check(chrootCall(cString(path)), 'chroot', path);
}

/** pivot_root(2). */
export function pivotRoot(newRoot: string, oldRoot: string): void {
  check(pivotRootCall(cString(newRoot), cString(oldRoot)), 'pivot_root', newRoot);
}

/** fchdir(2), for the whole process. */
export function changeDirectory(fd: number): void {
  check(fchdirCall(fd), 'fchdir');
}

/** _exit(2): at once, without what Node does first for those who may look at the process afterwards. */
export function exitNow(status: number): void {
  exitCall(status);
}

/** mknod(2). `mode` includes the type of the file. */
export function makeNode(path: string, mode: number, device: { readonly major: number; readonly minor: number }): void {
  check(mknodCall(cString(path), mode, deviceNumber(device)), 'mknod', path);
}

/** The number of a device as the C library encodes it. */
function deviceNumber({ major, minor }: { readonly major: number; readonly minor: number }): bigint {
  const [a, b] = [BigInt(major), BigInt(minor)];
  return ((a & 0xfffff000n) << 32n) | ((a & 0xfffn) << 8n) | ((b & 0xffffff00n) << 12n) | (b & 0xffn);
}

/** The inverse of {@link deviceNumber}. */
export function splitDeviceNumber(device: bigint): { major: number; minor: number } {
  const major = ((device >> 32n) & 0xfffff000n) | ((device >> 8n) & 0xfffn);
  const minor = ((device >> 12n) & 0xffffff00n) | (device & 0xffn);
  return { major: Number(major), minor: Number(minor) };
}

const scratch = Buffer.alloc(65_536); // the kernel's limit for a list of names and for one value

/** Names of the extended attributes of `path` itself, not followed if it is a symlink. */
export function listXattrs(path: string): readonly string[] {
  const size = Number(llistxattrCall(cString(path), scratch, scratch.length));
  if (size === -1) return ignoreMissingXattrs('llistxattr', path) ?? [];
  if (size === 0) return [];
  return scratch.toString('utf8', 0, size - 1).split('\0');
}

/** Value of an extended attribute, undefined when there is none of this name. */
export function getXattr(path: string, name: string): Buffer | undefined {
  const size = Number(lgetxattrCall(cString(path), cString(name), scratch, scratch.length));
  if (size === -1) return ignoreMissingXattrs('lgetxattr', path);
  return Buffer.from(scratch.subarray(0, size));
}

export function setXattr(path: string, name: string, value: Uint8Array): void {
  check(lsetxattrCall(cString(path), cString(name), value, value.byteLength, 0), 'lsetxattr', `${name} of ${path}`);
}

function ignoreMissingXattrs(syscall: string, path: string): undefined {
  const errno = koffi.errno();
  const code = errnoName(errno);
  if (code !== 'ENODATA' && code !== 'ENOTSUP' && code !== 'EOPNOTSUPP')
    throw new SystemCallError(syscall, errno, path);
}

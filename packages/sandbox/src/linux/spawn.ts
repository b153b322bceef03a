import koffi from 'koffi';

const library = koffi.load(null);
const spawnCall = library.func('posix_spawn', 'int', [koffi.out('int *'), ...Array(5).fill('void *')]);
const initActions = library.func('posix_spawn_file_actions_init', 'int', ['void *']);
const addDuplicate = library.func('posix_spawn_file_actions_adddup2', 'int', ['void *', 'int', 'int']);
const destroyActions = library.func('posix_spawn_file_actions_destroy', 'int', ['void *']);
const initAttributes = library.func('posix_spawnattr_init', 'int', ['void *']);
const setFlags = library.func('posix_spawnattr_setflags', 'int', ['void *', 'int16']);
const setDefaults = library.func('posix_spawnattr_setsigdefault', 'int', ['void *', 'void *']);
const waitCall = library.func('waitpid', 'int', ['int', koffi.out('int *'), 'int']);

/** More than the structures of glibc and musl have. */
const STRUCTURE_BYTES = 512;
const POINTER_BYTES = 8;
const POSIX_SPAWN_SETSIGDEF = 0x04;
const POSIX_SPAWN_SETSIGMASK = 0x08;
const POSIX_SPAWN_SETSID = 0x80;
const WNOHANG = 1;

const attributes = sessionAttributes();

export interface SpawnCall {
  readonly path: string;
  /** None contains a NUL, here and in `env`. */
  readonly args: readonly string[];
  /** `NAME=value` */
  readonly env: readonly string[];
  /** What the process has as descriptor 0, 1, …; none of them is one of these numbers. */
  readonly descriptors: readonly number[];
}

/**
 * Starts a program as the leader of a session of its own, with all signals as they are by default. The program has taken
 * over when this returns; unlike fork(2), which `child_process` uses, nothing of this process is copied meanwhile.
 */
export function spawnProcess({ path, args, env, descriptors }: SpawnCall): { pid: number } | { errno: number } {
  const actions = Buffer.alloc(STRUCTURE_BYTES);
  initActions(actions);
  descriptors.forEach((fd, at) => {
    if (fd < descriptors.length) throw new Error(`descriptor ${fd} would be overwritten`);
    addDuplicate(actions, fd, at);
  });
  const pid: number[] = [0];
  const errno = spawnCall(pid, Buffer.from(`${path}\0`), actions, attributes, strings(args), strings(env));
  destroyActions(actions);
  return errno === 0 ? { pid: pid[0] ?? 0 } : { errno };
}

/** How a process that we started has ended, as wait(2) says it; undefined while it runs. */
export function waitStatus(pid: number): number | undefined {
  const status: number[] = [0];
  const result = waitCall(pid, status, WNOHANG);
  if (result === -1) throw new Error(`process ${pid} is not ours`);
  return result === 0 ? undefined : status[0];
}

function sessionAttributes(): Buffer {
  const made = Buffer.alloc(STRUCTURE_BYTES); // the mask of signals in it is empty
  initAttributes(made);
  setDefaults(made, Buffer.alloc(STRUCTURE_BYTES, 0xff)); // also those that glibc keeps for itself, and would ignore
  setFlags(made, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
  return made;
}

/** An array of C strings that ends with a null pointer, and the strings after it. */
function strings(list: readonly string[]): Buffer {
  const texts = list.map((text) => Buffer.from(`${text}\0`));
  const table = POINTER_BYTES * (texts.length + 1);
  const block = Buffer.concat([Buffer.alloc(table), ...texts]);
  const base = koffi.address(block);
  let at = table;
  texts.forEach((text, index) => {
    block.writeBigUInt64LE(base + BigInt(at), index * POINTER_BYTES);
    at += text.length;
  });
  return block;
}

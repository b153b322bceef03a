/** Large enough that a system call costs nothing against its bytes, small enough to stay in the processor's cache. */
export const BUFFER_BYTES = 256 * 1024;

const MAX_FREE = 8;
const free: Buffer[] = [];

/** A buffer of `BUFFER_BYTES`. Whoever takes it gives it back when nothing reads or writes it any more. */
export function takeBuffer(): Buffer {
  return free.pop() ?? Buffer.allocUnsafeSlow(BUFFER_BYTES);
}

export function giveBuffer(buffer: Buffer): void {
  if (free.length < MAX_FREE) free.push(buffer);
}

import { closeSync, fchownSync } from 'node:fs';
import { Socket } from 'node:net';
import { createPipe } from '../linux/libc.ts';

/** Real pipes for what a command prints: unlike the sockets of `child_process` they can be opened as `/dev/stdout`. */
export class OutputPipes {
  readonly #stdout = createPipe();
  readonly #stderr = createPipe();

  /** The ends for the command. They belong to its user, who may open them again. */
  writeEnds(owner: { readonly uid: number; readonly gid: number }): readonly [stdout: number, stderr: number] {
    for (const { write } of [this.#stdout, this.#stderr]) fchownSync(write, owner.uid, owner.gid);
    return [this.#stdout.write, this.#stderr.write];
  }

  /** Our ends, once the command has its own. */
  readEnds(): { readonly stdout: Socket; readonly stderr: Socket } {
    closeSync(this.#stdout.write);
    closeSync(this.#stderr.write);
    return { stdout: readerOf(this.#stdout.read), stderr: readerOf(this.#stderr.read) };
  }

  /** When there is no command. */
  close(): void {
    for (const { read, write } of [this.#stdout, this.#stderr]) for (const fd of [read, write]) closeSync(fd);
  }
}

function readerOf(fd: number): Socket {
  return new Socket({ fd, readable: true, writable: false });
}

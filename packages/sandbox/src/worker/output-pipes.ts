import { closeSync, fchownSync } from 'node:fs';
import { Socket } from 'node:net';
import { createPipe } from '../linux/libc.ts';

/** Real pipes for what a command prints: unlike the sockets of `child_process` they can be opened as `/dev/stdout`. */
export class OutputPipes {
  readonly #stdout = createPipe();
  readonly #stderr = createPipe();
  readonly #ours = new Set([this.#stdout.read, this.#stdout.write, this.#stderr.read, this.#stderr.write]);

  /** The ends for the command. They belong to its user, who may open them again. */
  writeEnds(owner: { readonly uid: number; readonly gid: number }): readonly [stdout: number, stderr: number] {
    for (const { write } of [this.#stdout, this.#stderr]) fchownSync(write, owner.uid, owner.gid);
    return [this.#stdout.write, this.#stderr.write];
  }

  /** The ends for us, once the command has its own; they close themselves. */
  readEnds(): { readonly stdout: Socket; readonly stderr: Socket } {
    return { stdout: this.#reader(this.#stdout.read), stderr: this.#reader(this.#stderr.read) };
  }

  /** Closes what was not taken. */
  close(): void {
    for (const fd of this.#ours) closeSync(fd);
    this.#ours.clear();
  }

  #reader(fd: number): Socket {
    this.#ours.delete(fd);
    return new Socket({ fd, readable: true, writable: false });
  }
}

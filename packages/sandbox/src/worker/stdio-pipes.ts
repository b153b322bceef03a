import { closeSync, fchownSync } from 'node:fs';
import { Socket } from 'node:net';
import { createPipe } from '../linux/libc.ts';
import type { CommandStreams, Stdio } from './stdio.ts';

/** Real pipes: unlike the sockets of `child_process` they can be opened as `/dev/stdout`. */
export class StdioPipes implements Stdio {
  readonly calls = [];
  readonly #stdin: ReturnType<typeof createPipe> | undefined;
  readonly #stdout = createPipe();
  readonly #stderr = createPipe();
  readonly #ours: Set<number>;

  constructor({ hasInput }: { readonly hasInput: boolean }) {
    this.#stdin = hasInput ? createPipe() : undefined;
    const pipes = [this.#stdout, this.#stderr, ...(this.#stdin === undefined ? [] : [this.#stdin])];
    this.#ours = new Set(pipes.flatMap(({ read, write }) => [read, write]));
  }

  childEnds({
    uid,
    gid,
  }: {
    readonly uid: number;
    readonly gid: number;
  }): readonly [number | 'ignore', number, number] {
    const ends = [this.#stdin?.read ?? 'ignore', this.#stdout.write, this.#stderr.write] as const;
    for (const end of ends) if (end !== 'ignore') fchownSync(end, uid, gid);
    return ends;
  }

  ownEnds(): CommandStreams {
    const [stdout, stderr] = [this.#reader(this.#stdout.read), this.#reader(this.#stderr.read)];
    return this.#stdin === undefined ? { stdout, stderr } : { stdin: this.#writer(this.#stdin.write), stdout, stderr };
  }

  close(): void {
    for (const fd of this.#ours) closeSync(fd);
    this.#ours.clear();
  }

  #reader(fd: number): Socket {
    this.#ours.delete(fd);
    return new Socket({ fd, readable: true, writable: false });
  }

  #writer(fd: number): Socket {
    this.#ours.delete(fd);
    return new Socket({ fd, readable: false, writable: true });
  }
}

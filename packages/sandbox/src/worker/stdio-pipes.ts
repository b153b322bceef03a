import { closeSync, fchownSync } from 'node:fs';
import { Socket } from 'node:net';
import { createPipe } from '../linux/libc.ts';
import type { Command } from './runner.ts';
import type { CommandStreams, Stdio } from './stdio.ts';

/** Real pipes: unlike the sockets of `child_process` they can be opened as `/dev/stdout`. */
export class StdioPipes implements Stdio {
  readonly #stdin: ReturnType<typeof createPipe> | undefined;
  readonly #stdout = createPipe();
  /** Absent when it is `stdout`: what is read of two pipes does not tell what was printed first. */
  readonly #stderr: ReturnType<typeof createPipe> | undefined;
  readonly #ours: Set<number>;

  constructor({ hasInput, hasOneOutput }: Pick<Command, 'hasInput' | 'hasOneOutput'>) {
    this.#stdin = hasInput ? createPipe() : undefined;
    this.#stderr = hasOneOutput ? undefined : createPipe();
    const pipes = [this.#stdin, this.#stdout, this.#stderr].filter((pipe) => pipe !== undefined);
    this.#ours = new Set(pipes.flatMap(({ read, write }) => [read, write]));
  }

  childEnds({
    uid,
    gid,
  }: {
    readonly uid: number;
    readonly gid: number;
  }): readonly [number | 'ignore', number, number] {
    const { write: stdout } = this.#stdout;
    const ends = [this.#stdin?.read ?? 'ignore', stdout, this.#stderr?.write ?? stdout] as const;
    for (const end of ends) if (end !== 'ignore') fchownSync(end, uid, gid);
    return ends;
  }

  ownEnds(): CommandStreams {
    return {
      ...(this.#stdin && { stdin: this.#writer(this.#stdin.write) }),
      stdout: this.#reader(this.#stdout.read),
      ...(this.#stderr && { stderr: this.#reader(this.#stderr.read) }),
    };
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

import { closeSync, constants, fchownSync, fstatSync, openSync } from 'node:fs';
import { Writable } from 'node:stream';
import { setTimeout } from 'node:timers/promises';
import { ReadStream } from 'node:tty';
import type { TerminalSize } from '@tsbuild/core';
import { hasInput, ioctl } from '../linux/libc.ts';
import type { CommandStreams, Stdio } from './stdio.ts';

/** Requests of ioctl(2), the same on x86-64 and arm64. */
const TIOCSWINSZ = 0x5414;
const TIOCGPTPEER = 0x5441;
const TIOCSPTLCK = 0x4004_5431;

const { O_RDWR, O_NOCTTY, O_NONBLOCK, O_NOFOLLOW } = constants;
const O_CLOEXEC = 0o2000000;

/** Between two looks at what is left to read. */
const POLL_MS = 1;

/** Control-D: a terminal has no other end of input. */
const END_OF_INPUT = '\x04';

/** A pair of terminal ends: the command has one as its own, with job control and signals from keys; we have the other. */
export class Terminal implements Stdio {
  readonly #ours: number;
  /** Open until the end, or the kernel would tell our end that nobody has it any more, and Node not read what is left. */
  readonly #theirs: number;
  #taken: ReadStream | undefined;

  /** @param multiplexer the `ptmx` of the terminals among which it is */
  constructor(multiplexer: string, size: TerminalSize) {
    this.#ours = openSync(multiplexer, O_RDWR | O_NOCTTY | O_NONBLOCK | O_NOFOLLOW);
    try {
      ioctl(this.#ours, TIOCSPTLCK, Buffer.alloc(4));
      this.#theirs = ioctl(this.#ours, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
    } catch (error) {
      closeSync(this.#ours);
      throw error;
    }
    this.resize(size);
  }

  /** The command is told by SIGWINCH. */
  resize({ columns, rows }: TerminalSize): void {
    const size = Buffer.alloc(8);
    size.writeUInt16LE(rows & 0xffff, 0);
    size.writeUInt16LE(columns & 0xffff, 2);
    ioctl(this.#ours, TIOCSWINSZ, size);
  }

  /** The group stays that of terminals. */
  childEnds({ uid }: { readonly uid: number }): readonly [number, number, number] {
    fchownSync(this.#theirs, uid, fstatSync(this.#theirs).gid);
    return [this.#theirs, this.#theirs, this.#theirs];
  }

  ownEnds(): CommandStreams {
    const stdout = new ReadStream(this.#ours);
    this.#taken = stdout;
    const stdin = new Writable({
      write: (bytes: Buffer, _, done) => void stdout.write(bytes, done),
      final: (done) => void stdout.write(END_OF_INPUT, done),
    });
    return { stdin, stdout };
  }

  /** Resolves when everything that was printed has been read, by whoever has our end, and ends that. Nobody prints any more. */
  async finish(): Promise<void> {
    while (this.#isUnread()) await setTimeout(POLL_MS);
    this.close();
  }

  close(): void {
    closeSync(this.#theirs);
    if (this.#taken === undefined) closeSync(this.#ours);
    else this.#taken.destroy();
  }

  #isUnread(): boolean {
    const stdout = this.#taken;
    if (stdout === undefined || stdout.destroyed) return false;
    return stdout.readableLength > 0 || hasInput(this.#ours);
  }
}

import { closeSync, constants, fchownSync, fstatSync, openSync } from 'node:fs';
import { Writable } from 'node:stream';
import { ReadStream } from 'node:tty';
import type { TerminalSize } from '@tsbuild/core';
import { syscall } from '../launch/program.ts';
import { ioctl } from '../linux/libc.ts';
import type { CommandStreams, Stdio } from './stdio.ts';

/** Requests of ioctl(2), the same on x86-64 and arm64. */
const TIOCSCTTY = 0x540e;
const TIOCSWINSZ = 0x5414;
const TIOCGPTPEER = 0x5441;
const TIOCSPTLCK = 0x4004_5431;

const { O_RDWR, O_NOCTTY, O_NONBLOCK, O_NOFOLLOW } = constants;
const O_CLOEXEC = 0o2000000;

/** Control-D: a terminal has no other end of input. */
const END_OF_INPUT = '\x04';

/** A pair of terminal ends: the command has one as its own, with job control and signals from keys; we have the other. */
export class Terminal implements Stdio {
  /** The command's process leads a session already. */
  readonly calls = [syscall('ioctl', 0, TIOCSCTTY, 0)];
  readonly #ours: number;
  readonly #theirs: number;
  #isTaken = false;

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
    this.#isTaken = true;
    const stdout = new ReadStream(this.#ours);
    const stdin = new Writable({
      write: (bytes: Buffer, _, done) => void stdout.write(bytes, done),
      final: (done) => void stdout.write(END_OF_INPUT, done),
    });
    return { stdin, stdout };
  }

  close(): void {
    closeSync(this.#theirs);
    if (!this.#isTaken) closeSync(this.#ours);
  }
}

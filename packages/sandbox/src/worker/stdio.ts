import type { Readable, Writable } from 'node:stream';

/** Our ends of what a command reads and prints. */
export interface CommandStreams {
  /** Absent when the command has nothing to read. */
  readonly stdin?: Writable;
  readonly stdout: Readable;
  /** Absent when everything comes through `stdout`, as from a terminal or where one pipe keeps the order. */
  readonly stderr?: Readable;
}

/** Connects a command with us. */
export interface Stdio {
  /** The ends for the command. They belong to its user, who may open them again. */
  childEnds(owner: {
    readonly uid: number;
    readonly gid: number;
  }): readonly [stdin: number | 'ignore', stdout: number, stderr: number];
  /** The ends for us, once the command has its own; they close themselves. */
  ownEnds(): CommandStreams;
  /** Closes what was not taken. */
  close(): void;
}

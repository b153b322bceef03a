import { spawnSync } from 'node:child_process';
import type { RunningCommand, TerminalSize } from '@tsbuild/core';
import type { OutputStream, Surroundings } from '../command.ts';
import { InputReader } from './read-input.ts';

/** The terminal of this process, lent to a command: keys go to it as they are, and it is told of new sizes. */
export class LentTerminal implements Disposable {
  /** What is typed. */
  readonly input: InputReader;
  readonly #stdin: Surroundings['stdin'];
  readonly #stdout: OutputStream;
  #command: RunningCommand | undefined;

  constructor({ stdin, stdout }: Pick<Surroundings, 'stdin' | 'stdout'>) {
    this.#stdin = stdin;
    this.#stdout = stdout;
    this.input = new InputReader(stdin);
    stdin.setRawMode?.(true);
    passOutput();
    stdout.on('resize', this.#resize);
  }

  get size(): TerminalSize {
    return terminalSize(this.#stdout);
  }

  /** Tells `command` of new sizes from now on. */
  follow(command: RunningCommand): void {
    this.#command = command;
    this.#resize(); // it may have changed since it was asked for
  }

  [Symbol.dispose](): void {
    this.#stdout.off('resize', this.#resize);
    this.#stdin.setRawMode?.(false);
    this.input[Symbol.dispose]();
  }

  readonly #resize = (): void => this.#command?.resize(this.size);
}

/**
 * Node's raw mode leaves it to the terminal to add carriage returns, which the command's own terminal has done already.
 * Leaving raw mode brings everything back. Where there is no `stty` only the looks suffer.
 */
function passOutput(): void {
  spawnSync('stty', ['-opost'], { stdio: ['inherit', 'ignore', 'ignore'] });
}

/** Of the terminal at the other end; 80 × 24 when there is none. */
export function terminalSize({ columns = 80, rows = 24 }: OutputStream): TerminalSize {
  return { columns, rows };
}

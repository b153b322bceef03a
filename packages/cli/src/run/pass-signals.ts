import { constants } from 'node:os';
import type { RunningCommand } from '@tsbuild/core';
import type { Surroundings } from '../command.ts';

const INSISTENCE = 3;

/**
 * Sends the signals of this process on to a command, as `docker run` does. Who insists on an end, with the third SIGINT
 * or SIGTERM, gets it by `giveUp`.
 */
export class SignalPassage implements Disposable {
  readonly #diversion: Disposable | undefined;
  #command: RunningCommand | undefined;
  /** Signals that came before the command. */
  readonly #early: number[] = [];
  #endings = 0;

  constructor({ divertSignals }: Pick<Surroundings, 'divertSignals'>, giveUp: (name: NodeJS.Signals) => void) {
    this.#diversion = divertSignals?.((name) => {
      if (name === 'SIGINT' || name === 'SIGTERM') this.#endings += 1;
      if (this.#endings === INSISTENCE) giveUp(name);
      else this.#send(constants.signals[name]);
    });
  }

  /** The command that gets them from now on. */
  follow(command: RunningCommand): void {
    this.#command = command;
    for (const signal of this.#early.splice(0)) command.signal(signal);
  }

  [Symbol.dispose](): void {
    this.#diversion?.[Symbol.dispose]();
  }

  #send(signal: number): void {
    if (this.#command === undefined) this.#early.push(signal);
    else this.#command.signal(signal);
  }
}

import type { OutputStream } from '../command.ts';

/** What was written to a stream and is not taken in yet, because its reader is slow. */
export interface Backlog {
  /** Resolves when the reader has caught up, or has gone. Nothing when it is not behind. */
  cleared(): Promise<void> | undefined;
}

export function createBacklog(stream: OutputStream): Backlog {
  let waiting: Promise<void> | undefined;
  function wait(): Promise<void> {
    return new Promise((resolve) => {
      const end = () => {
        for (const name of ['drain', 'close', 'error']) stream.removeListener(name, end);
        waiting = undefined;
        resolve();
      };
      for (const name of ['drain', 'close', 'error']) stream.on(name, end);
    });
  }
  return {
    cleared() {
      if (stream.writableNeedDrain !== true) return undefined;
      waiting ??= wait();
      return waiting;
    },
  };
}

import { constants } from 'node:os';

const SIGNALS = Object.keys(constants.signals) as NodeJS.Signals[];

/**
 * Loads a module that listens to signals and, where it is the only one, ends the process by them. A listener that others
 * added by `once` is among them no longer when its turn was before: so those of the module get their turn first.
 */
export async function listeningFirst<T>(load: () => Promise<T>): Promise<T> {
  const before = new Map(SIGNALS.map((signal) => [signal, process.listeners(signal)]));
  const loaded = await load();
  for (const signal of SIGNALS) {
    const added = process.listeners(signal).filter((listener) => before.get(signal)?.includes(listener) !== true);
    for (const listener of added) {
      process.off(signal, listener);
      process.prependListener(signal, listener);
    }
  }
  return loaded;
}

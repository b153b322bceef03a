/** Calls its argument when it has what is asked for, and lets go of it when that has ended. */
type Hold = (work: () => Promise<void>) => Promise<void>;

/** A stream that is open only while something is held: a lock, a place among few. What is never read holds nothing. */
export async function* whileHeld<T>(hold: Hold, open: () => AsyncIterable<T>): AsyncGenerator<T> {
  const held = createSignal();
  const ended = createSignal();
  const holding = hold(() => {
    held.give();
    return ended.given;
  });
  // Waiting below tells of it.
  holding.catch(() => undefined);
  try {
    await Promise.race([held.given, holding]);
    yield* open();
  } finally {
    ended.give();
    await holding;
  }
}

function createSignal(): { readonly given: Promise<void>; give(): void } {
  let give = (): void => undefined;
  const given = new Promise<void>((resolve) => {
    give = resolve;
  });
  return { given, give };
}

import type { ByteStream, Descriptor, Digest } from '@tsbuild/core';

/** What happens to a blob on its way into the store. */
export interface PullProgress {
  readonly digest: Digest;
  /** Bytes so far. */
  readonly current: number;
  /** Nothing more comes: all is there, or it was cut short. */
  readonly hasEnded: boolean;
}

/** Downloads of base layers by a builder, told to every build that needs them: each is made once, by whoever asks first. */
export interface Pulls {
  /** The same bytes; they are told as they go by. */
  watch(blob: Descriptor, bytes: ByteStream): ByteStream;
  listen(listener: (progress: PullProgress) => void): Disposable;
}

export function createPulls(): Pulls {
  const listeners = new Set<(progress: PullProgress) => void>();
  const tell = (progress: PullProgress) => {
    for (const listener of listeners) listener(progress);
  };
  return {
    async *watch({ digest }, bytes) {
      let current = 0;
      try {
        for await (const piece of bytes) {
          current += piece.length;
          tell({ digest, current, hasEnded: false });
          yield piece;
        }
      } finally {
        tell({ digest, current, hasEnded: true });
      }
    },
    listen(listener) {
      listeners.add(listener);
      return { [Symbol.dispose]: () => void listeners.delete(listener) };
    },
  };
}

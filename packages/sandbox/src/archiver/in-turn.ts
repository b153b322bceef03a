import type { TarHandler } from '@tsbuild/layer';

/** Tells two of everything, one before the other. */
export function inTurn(first: TarHandler, second: TarHandler): TarHandler {
  return {
    entry(entry, place) {
      first.entry(entry, place);
      second.entry(entry, place);
    },
    content(bytes) {
      first.content(bytes);
      second.content(bytes);
    },
  };
}

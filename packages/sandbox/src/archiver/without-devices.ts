import type { TarHandler } from '@tsbuild/layer';

/** Passes on everything but devices: they would be those of this machine. */
export function withoutDevices(handler: TarHandler): TarHandler {
  return {
    entry(entry, place) {
      if (entry.type !== 'char' && entry.type !== 'block') handler.entry(entry, place);
    },
    content: (bytes) => handler.content(bytes),
  };
}

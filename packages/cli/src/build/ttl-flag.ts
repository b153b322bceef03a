import { readDuration } from '../upkeep/amounts.ts';

/** `--ttl 12h` for every step, `--ttl deps=7d` for those of a stage: milliseconds by stage, the empty name for all. */
export function readTtl(values: readonly string[]): Record<string, number> {
  return Object.fromEntries(
    values.map((text) => {
      const at = text.lastIndexOf('=');
      return [text.slice(0, Math.max(at, 0)), readDuration('ttl', text.slice(at + 1))];
    }),
  );
}

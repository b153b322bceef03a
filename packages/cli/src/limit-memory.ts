import { setFlagsFromString } from 'node:v8';

/**
 * Garbage of a build is many small objects that die young. V8 lets them pile up as long as the machine has memory; with
 * these it collects early, which halves what a COPY of many files takes and costs little time.
 */
export function limitMemory(): void {
  setFlagsFromString('--semi-space-growth-factor=1');
  setFlagsFromString('--heap-growing-percent=30');
}

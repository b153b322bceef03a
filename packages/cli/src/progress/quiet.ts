import type { ProgressView } from './view.ts';

/** Shows nothing. */
export function createQuietProgress(): ProgressView {
  return { onEvent() {}, tick() {}, close() {} };
}

import type { BuildEvent } from '@tsbuild/core';

/** Shows a running build. Everything it knows comes from the events. */
export interface ProgressView {
  onEvent(event: BuildEvent): void;
  /** Called a few times a second while the build runs, with milliseconds since 1970. */
  tick(now: number): void;
  /** Called before somebody else writes on the screen: whatever is drawn again and again leaves it. */
  stepAside?(): void;
  /** Called once, after the last event; leaves the screen in order. */
  close(): void;
}

/** Where a view writes. Bytes pass unchanged. */
export type Write = (data: string | Uint8Array) => void;

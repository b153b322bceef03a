import type { BuildEvent } from '@tsbuild/core';
import type { OutputStream, Surroundings } from '../command.ts';
import type { ProgressMode } from './mode.ts';
import { createPlainProgress } from './plain.ts';
import { createQuietProgress } from './quiet.ts';
import { createRawJsonProgress } from './rawjson.ts';
import { createTtyProgress } from './tty.ts';
import type { ProgressView } from './view.ts';

const TICK_MILLISECONDS = 100;

/** A view on standard error that is kept up to date until it is disposed. */
export function openProgress(mode: ProgressMode, { stderr, env }: Surroundings): ProgressView & Disposable {
  const view = createView(mode, stderr, env);
  const timer = setInterval(() => view.tick(Date.now()), TICK_MILLISECONDS);
  timer.unref();
  let isClosed = false;
  function close(): void {
    if (isClosed) return;
    isClosed = true;
    clearInterval(timer);
    view.close();
  }
  function onEvent(event: BuildEvent): void {
    if (!isClosed) view.onEvent(event);
  }
  return { ...view, onEvent, close, [Symbol.dispose]: close };
}

function createView(mode: ProgressMode, stderr: OutputStream, env: Surroundings['env']): ProgressView {
  const write = (data: string | Uint8Array) => void stderr.write(data);
  switch (mode) {
    case 'plain':
      return createPlainProgress(write);
    case 'rawjson':
      return createRawJsonProgress(write);
    case 'tty':
      return createTtyProgress(write, {
        size: () => ({ columns: stderr.columns ?? 80, rows: stderr.rows ?? 24 }),
        hasColor: (env.NO_COLOR ?? '') === '',
      });
    case 'quiet':
    case 'none':
      return createQuietProgress();
    default:
      return mode satisfies never;
  }
}

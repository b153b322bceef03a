import type { BuildEvent } from '@tsbuild/core';
import type { OutputStream, Surroundings } from '../command.ts';
import { createBacklog } from './backlog.ts';
import type { TtyOptions } from './live-block.ts';
import type { ProgressMode } from './mode.ts';
import { createPlainProgress } from './plain.ts';
import { createQuietProgress } from './quiet.ts';
import { createRawJsonProgress } from './rawjson.ts';
import { type BuildSummary, createBuildSummary } from './summary.ts';
import { createTtyProgress } from './tty.ts';
import type { ProgressView } from './view.ts';

export const TICK_MILLISECONDS = 100;

export interface Progress extends Disposable {
  /** Resolves when standard error has taken in what was written, where it is behind. */
  onEvent(event: BuildEvent): Promise<void> | void;
  /** Leaves the screen in order, with a summary. Once is enough. */
  close(): void;
}

/** A view on standard error that is kept up to date until it is disposed. */
export function openProgress(mode: ProgressMode, { stderr, env }: Surroundings): Progress {
  const behind = createBacklog(stderr);
  const view = createView(mode, stderr, env);
  const summary = createBuildSummary();
  const tick = () => view.tick(Date.now());
  const timer = setInterval(tick, TICK_MILLISECONDS);
  timer.unref();
  stderr.on('resize', tick);
  const release = beforeStop(() => view.stepAside?.());
  let isClosed = false;
  function close(): void {
    if (isClosed) return;
    isClosed = true;
    clearInterval(timer);
    stderr.removeListener('resize', tick);
    release();
    view.close();
    stderr.write(endOf(mode, summary));
  }
  function onEvent(event: BuildEvent): Promise<void> | void {
    if (isClosed) return;
    view.onEvent(event);
    summary.onEvent(event);
    return behind.cleared();
  }
  return { onEvent, close, [Symbol.dispose]: close };
}

/** Calls `work` before the process is stopped (Ctrl-Z), as the shell writes until it goes on (`fg`). */
function beforeStop(work: () => void): () => void {
  const listen = () => void process.on('SIGTSTP', stop);
  function stop(): void {
    work();
    process.off('SIGTSTP', stop);
    process.once('SIGCONT', listen);
    process.kill(process.pid, 'SIGTSTP'); // nobody listens: it stops, unless it has no shell to make it go on
  }
  listen();
  return () => {
    process.off('SIGTSTP', stop);
    process.off('SIGCONT', listen);
  };
}

/** Blocks of plain progress are apart by an empty line. Quiet progress has not said what it was that a signal stopped. */
function endOf(mode: ProgressMode, summary: BuildSummary): string {
  if (mode === 'quiet') return summary.stopped();
  const text = summary.text();
  if (mode === 'plain' && text !== '') return `\n${text}`;
  return mode === 'tty' ? text : '';
}

/** How a terminal is drawn on. */
export function ttyOptions(stream: OutputStream, env: Surroundings['env']): TtyOptions {
  return {
    size: () => ({ columns: stream.columns ?? 80, rows: stream.rows ?? 24 }),
    hasColor: (env.NO_COLOR ?? '') === '',
  };
}

function createView(mode: ProgressMode, stderr: OutputStream, env: Surroundings['env']): ProgressView {
  const write = (data: string | Uint8Array) => void stderr.write(data);
  switch (mode) {
    case 'plain':
      return createPlainProgress(write);
    case 'rawjson':
      return createRawJsonProgress(write);
    case 'tty':
      return createTtyProgress(write, ttyOptions(stderr, env));
    case 'quiet':
    case 'none':
      return createQuietProgress();
    default:
      return mode satisfies never;
  }
}

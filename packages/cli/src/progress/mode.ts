import { UsageError } from '@tsbuild/core';
import { oneOf } from '../build/choice.ts';
import type { Surroundings } from '../command.ts';

/** Values of `--progress`. */
export const PROGRESS_MODES = ['auto', 'plain', 'tty', 'quiet', 'rawjson', 'none'] as const;

export type ProgressMode = Exclude<(typeof PROGRESS_MODES)[number], 'auto'>;

export interface ModeRequest {
  /** `--progress`; without it `BUILDKIT_PROGRESS` counts. */
  readonly progress: string | undefined;
  /** `--quiet` */
  readonly isQuiet: boolean;
}

/** Decides how progress is shown. @throws {UsageError} */
export function readProgressMode(
  { progress, isQuiet }: ModeRequest,
  { stderr, env }: Pick<Surroundings, 'stderr' | 'env'>,
): ProgressMode {
  const wanted = progress ?? env.BUILDKIT_PROGRESS ?? '';
  const mode = oneOf('--progress', wanted === '' ? 'auto' : wanted, PROGRESS_MODES);
  if (isQuiet) {
    if (progress !== undefined && mode !== 'auto' && mode !== 'quiet')
      throw new UsageError(`--quiet and --progress=${mode} exclude each other`);
    return 'quiet';
  }
  if (mode !== 'auto') return mode;
  return stderr.isTTY === true && canRedraw(env) ? 'tty' : 'plain';
}

/** Logs of CI keep every drawing, even where they claim to be a terminal. */
export function canRedraw({ CI = '', TERM = '' }: Surroundings['env']): boolean {
  return TERM !== 'dumb' && (CI === '' || CI === 'false' || CI === '0');
}

import { UsageError } from '@tsbuild/core';
import { oneOf } from '../build/choice.ts';

const MODES = ['auto', 'plain', 'tty', 'quiet', 'rawjson', 'none'] as const;

export type ProgressMode = Exclude<(typeof MODES)[number], 'auto'>;

export interface ModeRequest {
  /** `--progress`, else `BUILDKIT_PROGRESS`. */
  readonly progress: string | undefined;
  /** `--quiet` */
  readonly isQuiet: boolean;
  readonly isTerminal: boolean;
}

/** Decides how progress is shown. @throws {UsageError} */
export function readProgressMode({ progress = 'auto', isQuiet, isTerminal }: ModeRequest): ProgressMode {
  const mode = oneOf('--progress', progress === '' ? 'auto' : progress, MODES);
  if (isQuiet) {
    if (mode !== 'auto' && mode !== 'quiet') throw new UsageError(`--quiet and --progress=${mode} exclude each other`);
    return 'quiet';
  }
  if (mode !== 'auto') return mode;
  return isTerminal ? 'tty' : 'plain';
}

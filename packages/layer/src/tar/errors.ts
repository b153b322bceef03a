import { LayerError } from '@tsbuild/core';

/** An archive that cannot be read. `problem` completes the sentence "damaged archive: …". */
export function damagedArchive(problem: string, cause?: unknown): LayerError {
  return new LayerError('ERR_TSBUILD_LAYER', `damaged archive: ${problem}`, { cause });
}

/** An archive that asks for more than a limit allows. */
export function archiveTooLarge(problem: string): LayerError {
  return new LayerError('ERR_TSBUILD_TOO_LARGE', `archive refused: ${problem}`);
}

import { TsbuildError } from '@tsbuild/core';
import type { CommandOptions } from './command-options.ts';

const DEFAULT_MOST = 64 * 1024 * 1024;

/** Keeps what a command prints, up to a limit. */
export class CollectedOutput {
  readonly #most: number;
  readonly #parts = { stdout: [] as Uint8Array[], stderr: [] as Uint8Array[] };
  readonly #sizes = { stdout: 0, stderr: 0 };

  constructor({ maxOutputBytes = DEFAULT_MOST }: Pick<CommandOptions, 'maxOutputBytes'>) {
    this.#most = maxOutputBytes;
  }

  /** @throws {TsbuildError} ERR_TSBUILD_TOO_LARGE */
  take(stream: 'stdout' | 'stderr', bytes: Uint8Array): void {
    this.#sizes[stream] += bytes.byteLength;
    if (this.#sizes[stream] > this.#most) {
      throw new TsbuildError('ERR_TSBUILD_TOO_LARGE', `the command printed more than ${this.#most} bytes`, {
        hint: 'take its output with onOutput, or raise maxOutputBytes',
      });
    }
    this.#parts[stream].push(bytes);
  }

  text(stream: 'stdout' | 'stderr'): string {
    return Buffer.concat(this.#parts[stream]).toString('utf8');
  }
}

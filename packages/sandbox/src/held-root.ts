import {
  type ExecRequest,
  type ExecResult,
  type FailedRoot,
  type Ingest,
  TsbuildError,
  type WrittenLayer,
} from '@tsbuild/core';

type HeldRequest = Parameters<FailedRoot['run']>[0];

/** What holding a root takes. */
export interface HeldRootParts {
  readonly result: ExecResult;
  run(request: HeldRequest): Promise<ExecResult>;
  pack(ingest: Ingest): Promise<WrittenLayer>;
}

/** The root of a failed command until it is let go of. Two mounts of what it wrote would not see each other, so all waits for its turn. */
class HeldRoot implements FailedRoot {
  readonly result: ExecResult;
  readonly #parts: HeldRootParts;
  readonly #release = new AbortController();
  #last: Promise<unknown> = Promise.resolve();

  constructor(parts: HeldRootParts) {
    this.result = parts.result;
    this.#parts = parts;
  }

  run(request: HeldRequest): Promise<ExecResult> {
    const signals = request.signal === undefined ? [] : [request.signal];
    const signal = AbortSignal.any([...signals, this.#release.signal]);
    return this.#inTurn(() => this.#parts.run({ ...request, signal }));
  }

  pack(ingest: Ingest): Promise<WrittenLayer> {
    return this.#inTurn(() => this.#parts.pack(ingest));
  }

  /** Ends what runs in it. */
  async release(): Promise<void> {
    const message = 'the root of a failed step is gone: it exists until the promise of the callback settles';
    this.#release.abort(new TsbuildError('ERR_TSBUILD_USAGE', message));
    await this.#last;
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#last.then(() => {
      this.#release.signal.throwIfAborted();
      return work();
    });
    this.#last = result.catch(() => undefined);
    return result;
  }
}

/** Hands a root over for as long as `use` takes, or until `signal` aborts. */
export async function holdRoot(
  parts: HeldRootParts,
  use: NonNullable<ExecRequest['onFailure']>,
  signal: AbortSignal,
): Promise<void> {
  const held = new HeldRoot(parts);
  try {
    await Promise.race([use(held), aborted(signal)]);
  } finally {
    await held.release();
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}

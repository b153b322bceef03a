import { createOutputTail } from './output-tail.ts';
import { createSecretMask } from './secret-mask.ts';

type Stream = 'stdout' | 'stderr';

/** The output of a command on its way to the log: secrets masked, its end kept for an error message. */
export interface StepOutput {
  /** Resolves when there is room for more. */
  readonly push: (stream: Stream, bytes: Uint8Array) => Promise<void> | void;
  /** No more output follows. */
  end(): void;
  tail(): string;
}

export function createStepOutput(
  secrets: readonly Buffer[],
  log: (stream: Stream, bytes: Uint8Array) => Promise<void> | void,
): StepOutput {
  const masks = { stdout: createSecretMask(secrets), stderr: createSecretMask(secrets) };
  const tail = createOutputTail();
  const pass = (stream: Stream, bytes: Uint8Array) => {
    if (bytes.byteLength === 0) return;
    tail.push(bytes);
    return log(stream, bytes);
  };
  return {
    push: (stream, bytes) => pass(stream, masks[stream].push(bytes)),
    end() {
      pass('stdout', masks.stdout.flush());
      pass('stderr', masks.stderr.flush());
    },
    tail: () => tail.text(),
  };
}

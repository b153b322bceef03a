const LIMIT = 8 * 1024;

/** The end of what a command printed, for its error message. */
export interface OutputTail {
  push(bytes: Uint8Array): void;
  /** At most 8 KiB, from the start of a line where there is one. */
  text(): string;
}

export function createOutputTail(): OutputTail {
  let kept = Buffer.alloc(0);
  let isCut = false;
  return {
    push(bytes) {
      isCut ||= kept.length + bytes.length > LIMIT;
      kept = Buffer.concat([
        kept.subarray(Math.max(0, kept.length + bytes.length - LIMIT)),
        bytes.subarray(-LIMIT),
      ]).subarray(-LIMIT);
    },
    text() {
      const text = kept.toString('utf8');
      return isCut ? text.slice(text.indexOf('\n') + 1) : text;
    },
  };
}

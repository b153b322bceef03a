const NEWLINE = 0x0a;

/** Turns the output of one step into lines that begin with its number and the seconds since it started. */
export interface LogFormat {
  /** The bytes to write for `bytes`, which need not end with a line. Output bytes are never changed. */
  format(bytes: Uint8Array, milliseconds: number): Buffer;
  /** What ends a line that is open, so that something else can be written. */
  breakLine(): string;
}

export function createLogFormat(number: number): LogFormat {
  let isOpen = false;
  return {
    format(bytes, milliseconds) {
      const prefix = Buffer.from(`#${number} ${formatTimestamp(milliseconds)} `);
      const parts: Uint8Array[] = [];
      for (let at = 0; at < bytes.length; ) {
        const newline = bytes.indexOf(NEWLINE, at);
        const end = newline === -1 ? bytes.length : newline + 1;
        if (!isOpen) parts.push(prefix);
        parts.push(bytes.subarray(at, end));
        isOpen = newline === -1;
        at = end;
      }
      return Buffer.concat(parts);
    },
    breakLine() {
      const end = isOpen ? '\n' : '';
      isOpen = false;
      return end;
    },
  };
}

/** Seconds with three decimals below ten, two below a hundred, then one. */
function formatTimestamp(milliseconds: number): string {
  const seconds = Math.max(0, milliseconds) / 1000;
  return seconds.toFixed(seconds < 10 ? 3 : seconds < 100 ? 2 : 1);
}

import { TsbuildError } from './errors.ts';

/** Nothing that describes an image is nested as deep. */
const MAX_DEPTH = 100;

const [QUOTE, BACKSLASH, LIST, LIST_END, OBJECT, OBJECT_END] = [0x22, 0x5c, 0x5b, 0x5d, 0x7b, 0x7d];

/**
 * The object that a document is. One of many levels is refused before it is read: it takes a hundred times its size then, and to
 * write it again takes more stack than there is.
 * @throws {TsbuildError} ERR_TSBUILD_INVALID_MANIFEST
 */
export function parseObject(bytes: Uint8Array, what: string): Record<string, unknown> {
  if (isDeeperThan(MAX_DEPTH, bytes)) throw invalid(`${what} is nested more than ${MAX_DEPTH} levels deep`);
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new TsbuildError('ERR_TSBUILD_INVALID_MANIFEST', `${what} is not JSON`, { cause });
  }
  if (!isObject(value)) throw invalid(`${what} is not a JSON object`);
  return value;
}

/** True of what is neither a value alone nor a list. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What is wrong with a document. */
export function invalid(problem: string): TsbuildError {
  return new TsbuildError('ERR_TSBUILD_INVALID_MANIFEST', problem);
}

function isDeeperThan(levels: number, bytes: Uint8Array): boolean {
  let depth = 0;
  let isText = false;
  for (let at = 0; at < bytes.byteLength; at += 1) {
    const byte = bytes[at];
    if (byte === QUOTE) isText = !isText;
    else if (isText) at += byte === BACKSLASH ? 1 : 0;
    else if (byte === LIST || byte === OBJECT) depth += 1;
    else if (byte === LIST_END || byte === OBJECT_END) depth -= 1;
    if (depth > levels) return true;
  }
  return false;
}

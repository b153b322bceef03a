import { setFlagsFromString } from 'node:v8';

/**
 * Work after which a function of WebAssembly is compiled once more, to be faster. A decoder does as much in an instant; reading the
 * heads of a few answers of a registry does not, and that parser is one function which takes 150 ms of another core.
 */
const WORTH_COMPILING = 100_000_000;

/** Leaves WebAssembly that does little as it is. */
export function limitCompiling(): void {
  setFlagsFromString(`--wasm-tiering-budget=${WORTH_COMPILING}`);
}

const SIZE = /^(\d{1,15}(?:\.\d{0,15})?|\.\d{1,15}) ?(?:b|([kmgtp])(?:b|ib)?)?$/;
const EXPONENTS = 'kmgtp';

/** Bytes of `64m`, `1.5GiB` or `4096`: letters count in powers of 1024. Undefined for anything else. */
export function parseByteSize(text: string): number | undefined {
  const match = SIZE.exec(text.toLowerCase());
  if (match === null) return undefined;
  const [, amount = '', unit] = match;
  const factor = unit === undefined ? 1 : 1024 ** (EXPONENTS.indexOf(unit) + 1);
  return Math.trunc(Number(amount) * factor);
}

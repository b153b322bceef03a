export type Style = 'normal' | 'dim' | 'cyan' | 'yellow' | 'red';

const CODES: Readonly<Record<Style, number>> = { normal: 0, dim: 2, cyan: 36, yellow: 33, red: 31 };

/** The text in a colour, or as it is without `hasColor`. */
export function paint(text: string, style: Style, hasColor: boolean): string {
  return hasColor && style !== 'normal' ? `\x1b[${CODES[style]}m${text}\x1b[0m` : text;
}

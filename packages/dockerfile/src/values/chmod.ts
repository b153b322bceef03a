import { quote, syntaxError } from '../errors.ts';

/** Gives the new permission bits (07777) of a file from its old ones. */
export type Chmod = (mode: number, isDirectory: boolean) => number;

const MAX_MODE = 0o7777;
const CLAUSE = /^([ugoa]*)((?:[-+=](?:[rwxXst]*|[ugo]))+)$/;
const ACTION = /([-+=])([rwxXstugo]*)/g;
const MAX_LENGTH = 1000;

const WHO: Readonly<Record<string, number>> = { u: 0o4700, g: 0o2070, o: 0o0007, a: 0o6777 };
const SHIFT: Readonly<Record<string, number>> = { u: 6, g: 3, o: 0 };
const PERMISSIONS: Readonly<Record<string, number>> = { r: 0o444, w: 0o222, x: 0o111, s: 0o6000, t: 0o1000 };

/**
 * Reads the expanded value of `--chmod`: octal up to 7777, or symbolic as `chmod(1)` has it (`u=rwX,go=rX`) with an empty
 * umask.
 * @throws {DockerfileError}
 */
export function parseChmod(text: string): Chmod {
  if (/^\d/.test(text)) return parseOctal(text);
  const clauses = text.length > MAX_LENGTH ? [] : text.split(',').map((clause) => parseClause(clause));
  const changes = clauses.flatMap((clause) => clause ?? []);
  if (clauses.length === 0 || clauses.includes(undefined)) {
    throw syntaxError(
      `invalid chmod parameter: ${quote(text)}`,
      'expected octal such as 755, or symbolic such as u=rwX,go=rX',
    );
  }
  return (mode, isDirectory) => changes.reduce((current, change) => change(current, { mode, isDirectory }), mode);
}

function parseOctal(text: string): Chmod {
  const mode = /^[0-7]{1,12}$/.test(text) ? Number.parseInt(text, 8) : Number.NaN;
  if (!(mode <= MAX_MODE)) {
    throw syntaxError(`invalid chmod parameter: ${quote(text)}: it should be an octal string between 0 and 07777`);
  }
  return () => mode;
}

type Change = (current: number, original: { mode: number; isDirectory: boolean }) => number;

function parseClause(clause: string): Change[] | undefined {
  const [, who = '', actions = ''] = CLAUSE.exec(clause) ?? [];
  if (actions === '') return undefined;
  const mask = maskOf(who === '' ? 'a' : who);
  return [...actions.matchAll(ACTION)].map(([, operator = '', letters = '']) => toChange(operator, letters, mask, who));
}

function maskOf(who: string): number {
  return [...who].reduce((mask, letter) => mask | (WHO[letter] ?? 0), 0);
}

function toChange(operator: string, letters: string, mask: number, who: string): Change {
  const hasSticky = who === '' || /[uga]/.test(who);
  return (current, original) => {
    const bits = bitsOf(letters, current, original) & (hasSticky ? mask | 0o1000 : mask);
    if (operator === '+') return current | bits;
    if (operator === '-') return current & ~bits;
    return (current & ~mask) | bits;
  };
}

function bitsOf(
  letters: string,
  current: number,
  { mode, isDirectory }: { mode: number; isDirectory: boolean },
): number {
  let bits = 0;
  for (const letter of letters) {
    const shift = SHIFT[letter];
    if (shift !== undefined) bits |= ((current >> shift) & 7) * 0o111;
    else if (letter === 'X') bits |= isDirectory || (mode & 0o111) !== 0 ? 0o111 : 0;
    else bits |= PERMISSIONS[letter] ?? 0;
  }
  return bits;
}

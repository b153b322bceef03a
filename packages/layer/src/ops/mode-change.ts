import { SolveError } from '@tsbuild/core';

/** A parsed `--chmod`. */
export interface ModeChange {
  /** True when the result does not depend on the mode before. */
  readonly isAbsolute: boolean;
  /** Mode of the directories that a COPY creates on the way: never with setuid, setgid or sticky. */
  readonly createdMode: number;
  /** The mode that a file or directory of this mode gets. */
  apply(mode: number, isDirectory: boolean): number;
}

const DEFAULT_DIRECTORY_MODE = 0o755;
const WHO: Readonly<Record<string, number>> = { u: 0o4700, g: 0o2070, o: 0o0007, a: 0o6777 };
const PERMISSION: Readonly<Record<string, number>> = { r: 0o444, w: 0o222, x: 0o111, s: 0o6000, t: 0o1000 };
const COPIED_FROM: Readonly<Record<string, number>> = { u: 6, g: 3, o: 0 };
const EVERYBODY = 0o6777;
const STICKY = 0o1000;
const EXECUTE = 0o111;
const OTHERS_ALONE = 0o0007;

type Step = (mode: number, original: number, isDirectory: boolean) => number;

/**
 * Reads an octal mode up to 7777 or a symbolic one such as `u=rwX,go=rX`; the umask plays no part.
 * @throws {SolveError} ERR_TSBUILD_COPY
 */
export function parseModeChange(text: string): ModeChange {
  if (/^[0-9]/.test(text)) return parseOctal(text);
  const steps = text.split(',').flatMap((clause) => parseClause(clause, text));
  return {
    isAbsolute: false,
    createdMode: DEFAULT_DIRECTORY_MODE,
    apply: (original, isDirectory) => steps.reduce((mode, step) => step(mode, original, isDirectory), original),
  };
}

function parseOctal(text: string): ModeChange {
  const mode = Number.parseInt(text, 8);
  if (!/^[0-7]+$/.test(text) || mode > 0o7777) {
    throw new SolveError('ERR_TSBUILD_COPY', `invalid chmod ${JSON.stringify(text)}`, {
      hint: 'expected an octal number between 0 and 07777',
    });
  }
  return { isAbsolute: true, createdMode: mode & 0o777, apply: () => mode };
}

/** `[ugoa]*` and then one or more of `[+-=]` with permissions or the class to copy from. */
function parseClause(clause: string, text: string): Step[] {
  const parts = /^([ugoa]*)((?:[-+=][rwxXstugo]*)+)$/.exec(clause);
  if (parts === null) {
    throw new SolveError('ERR_TSBUILD_COPY', `invalid chmod ${JSON.stringify(text)}: invalid syntax`, {
      hint: 'expected an octal number or clauses such as u=rwX,go=rX',
    });
  }
  const who = Array.from(parts[1] ?? '').reduce((bits, char) => bits | (WHO[char] ?? 0), 0);
  const actions = (parts[2] ?? '').match(/[-+=][^-+=]*/g) ?? [];
  return actions.flatMap((action) => parseAction(action[0] ?? '+', action.slice(1), who));
}

function parseAction(operator: string, letters: string, who: number): Step[] {
  const steps: Step[] = [];
  const affected = affectedBits(letters, who);
  const fixed = Array.from(letters).reduce((bits, char) => bits | permissionBits(char, operator, who), 0) & affected;
  const copied = Array.from(letters).filter((char) => char in COPIED_FROM);

  if (operator === '=' && copied.length === 0) steps.push((mode) => mode & ~affected);
  steps.push(operator === '-' ? (mode) => mode & ~fixed : (mode) => mode | fixed);
  if (letters.includes('X') && operator !== '-') steps.push(executeIfUseful(affected & EXECUTE));
  for (const from of copied) steps.push(copyClass(operator, COPIED_FROM[from] ?? 0, who === 0 ? 0o777 : who & 0o777));
  return steps;
}

/** A `t` for nobody in particular leaves only the sticky bit to change, as in BuildKit. */
function affectedBits(letters: string, who: number): number {
  if (!letters.includes('t') || who === OTHERS_ALONE) return who === 0 ? EVERYBODY : who;
  return who | STICKY;
}

function permissionBits(char: string, operator: string, who: number): number {
  if (char === 'X') return operator === '-' ? EXECUTE : 0;
  if ((char === 's' || char === 't') && who === OTHERS_ALONE) return 0;
  return PERMISSION[char] ?? 0;
}

/** `X`: for directories, and for files that somebody could execute before. */
function executeIfUseful(bits: number): Step {
  return (mode, original, isDirectory) => (isDirectory || (original & EXECUTE) !== 0 ? mode | bits : mode);
}

function copyClass(operator: string, shift: number, affected: number): Step {
  return (mode) => {
    const bits = (((mode >> shift) & 0o7) * 0o111) & affected;
    if (operator === '-') return mode & ~bits;
    return (operator === '=' ? mode & ~affected : mode) | bits;
  };
}

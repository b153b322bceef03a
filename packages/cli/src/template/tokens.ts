import { templateError } from './template-error.ts';

/** Text as it is, or what stands between `{{` and `}}`. */
export type Piece = { readonly text: string } | { readonly action: string };

/** `{{-` and `-}}` take away the white space on their side; comments are left out. @throws {UsageError} */
export function splitTemplate(template: string): readonly Piece[] {
  const pieces: Piece[] = [];
  let isTrimming = false;
  for (let at = 0; at < template.length; ) {
    const start = template.indexOf('{{', at);
    const text = template.slice(at, start === -1 ? undefined : start);
    const isTrimmedAfter = start !== -1 && /^\{\{-\s/.test(template.slice(start, start + 4));
    const left = isTrimming ? text.trimStart() : text;
    pieces.push({ text: isTrimmedAfter ? left.trimEnd() : left });
    if (start === -1) break;
    const end = closing(template, start + 2);
    const inner = template.slice(start + 2, end).replace(/^-(?=\s)/, '');
    isTrimming = /\s-$/.test(inner);
    const action = inner.replace(/\s-$/, '').trim();
    if (!/^\/\*[\s\S]*\*\/$/.test(action)) pieces.push({ action });
    at = end + 2;
  }
  return pieces;
}

/** Braces within a quoted text close nothing. */
function closing(template: string, from: number): number {
  const end = from + (template.slice(from).match(/^(?:"(?:[^"\\]|\\.)*"|`[^`]*`|(?!\}\})[^"`])*/)?.[0].length ?? 0);
  if (template.startsWith('}}', end)) return end;
  throw templateError('an action is not closed by }}');
}

/** A word of an action. */
export type Token =
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'number'; readonly value: number }
  /** `.A.B`, `$x.A`, or `.` alone. */
  | { readonly kind: 'path'; readonly root: string; readonly fields: readonly string[] }
  | { readonly kind: 'word'; readonly value: string }
  | { readonly kind: 'sign'; readonly value: '(' | ')' | '|' | ',' | ':=' };

/** The words of an action. @throws {UsageError} */
export function actionTokens(action: string): readonly Token[] {
  const tokens: Token[] = [];
  for (let at = 0; at < action.length; ) {
    const rest = action.slice(at);
    const space = /^\s+/.exec(rest)?.[0].length ?? 0;
    if (space > 0) {
      at += space;
      continue;
    }
    const [length, token] = nextToken(rest);
    tokens.push(token);
    at += length;
  }
  return tokens;
}

function nextToken(rest: string): [length: number, token: Token] {
  const quoted = /^(?:"(?:[^"\\]|\\.)*"|`[^`]*`)/.exec(rest)?.[0];
  if (quoted !== undefined) return [quoted.length, { kind: 'string', value: unquote(quoted) }];
  const number = /^-?\d+(?:\.\d+)?/.exec(rest)?.[0];
  if (number !== undefined) return [number.length, { kind: 'number', value: Number(number) }];
  const path = /^(\$\w*)?((?:\.[A-Za-z_]\w*)*)(\.(?![\w.]))?/.exec(rest);
  const [whole = '', root = '', fields = ''] = path ?? [];
  if (whole !== '') return [whole.length, { kind: 'path', root, fields: fields.split('.').slice(1) }];
  const word = /^[A-Za-z_]\w*/.exec(rest)?.[0];
  if (word !== undefined) return [word.length, { kind: 'word', value: word }];
  const sign = /^(?::=|[()|,])/.exec(rest)?.[0];
  if (sign !== undefined) return [sign.length, { kind: 'sign', value: sign as '(' }];
  throw templateError(`unexpected ${JSON.stringify(rest.charAt(0))}`);
}

function unquote(text: string): string {
  if (text.startsWith('`')) return text.slice(1, -1);
  try {
    return JSON.parse(text);
  } catch {
    throw templateError(`malformed text ${text}`);
  }
}

import type { Expression, Node, Nodes } from './nodes.ts';
import { parseExpression } from './parse-expression.ts';
import { templateError } from './template-error.ts';
import { actionTokens, type Piece, splitTemplate, type Token } from './tokens.ts';

/**
 * Parses the part of Go's text/template that Docker's users write: fields, variables, functions, pipes, `if`, `with`,
 * `range`. Anything else is refused by name.
 * @throws {UsageError}
 */
export function parseTemplate(template: string): Nodes {
  const pieces = [...splitTemplate(template)].reverse();
  const { nodes, end } = parseBlock(pieces);
  if (end !== undefined) throw templateError(`{{${end}}} without a beginning`);
  return nodes;
}

const REFUSED = ['define', 'template', 'block', 'break', 'continue'];

interface Block {
  readonly nodes: Nodes;
  /** The action that ended it: `end`, or `else` with what follows it. */
  readonly end: string | undefined;
}

function parseBlock(pieces: Piece[]): Block {
  const nodes: Node[] = [];
  for (let piece = pieces.pop(); piece !== undefined; piece = pieces.pop()) {
    if ('text' in piece) {
      if (piece.text !== '') nodes.push({ kind: 'text', text: piece.text });
      continue;
    }
    const { action } = piece;
    if (action === 'end' || /^else\b/.test(action)) return { nodes, end: action };
    nodes.push(parseAction(action, pieces));
  }
  return { nodes, end: undefined };
}

function parseAction(action: string, pieces: Piece[]): Node {
  const [, keyword = '', rest = ''] = /^([a-z]+)\b([\s\S]*)$/.exec(action) ?? [];
  if (REFUSED.includes(keyword)) throw templateError(`{{${keyword}}} is not supported`);
  if (keyword === 'if' || keyword === 'with')
    return { kind: keyword, ...parseBranches(expression(rest), pieces, keyword) };
  if (keyword === 'range') {
    const { names, value } = parseRange(actionTokens(rest));
    return { kind: 'range', names, ...parseBranches(value, pieces, keyword) };
  }
  const tokens = actionTokens(action);
  const [first, second] = tokens;
  if (first?.kind === 'path' && first.root.startsWith('$') && isSign(second, ':='))
    return { kind: 'set', name: first.root, value: parseExpression(tokens.slice(2)) };
  return { kind: 'print', value: parseExpression(tokens) };
}

function expression(text: string): Expression {
  return parseExpression(actionTokens(text));
}

interface Branches {
  readonly value: Expression;
  readonly then: Nodes;
  readonly otherwise: Nodes;
}

function parseBranches(value: Expression, pieces: Piece[], keyword: string): Branches {
  const { nodes: then, end } = parseBlock(pieces);
  if (end === undefined) throw templateError(`{{${keyword}}} has no {{end}}`);
  if (end === 'end') return { value, then, otherwise: [] };
  const chained = /^else\s+(if|with)\b([\s\S]*)$/.exec(end);
  if (chained !== null) {
    const kind = chained[1] === 'with' ? 'with' : 'if';
    const nested: Node = { kind, ...parseBranches(expression(chained[2] ?? ''), pieces, kind) };
    return { value, then, otherwise: [nested] };
  }
  const { nodes: otherwise, end: last } = parseBlock(pieces);
  if (end !== 'else' || last !== 'end') throw templateError(`{{${keyword}}} has no {{end}} after its {{else}}`);
  return { value, then, otherwise };
}

/** `range X`, `range $v := X`, `range $k, $v := X`. */
function parseRange(tokens: readonly Token[]): { names: readonly string[]; value: Expression } {
  const assign = tokens.findIndex((token) => isSign(token, ':='));
  if (assign === -1) return { names: [], value: parseExpression(tokens) };
  const names = tokens.slice(0, assign).flatMap((token) => (token.kind === 'path' ? [token.root] : []));
  const isShaped = assign === 2 * names.length - 1 && names.every((name) => name.startsWith('$'));
  if (names.length === 0 || names.length > 2 || !isShaped) throw templateError('{{range}} takes one or two variables');
  return { names, value: parseExpression(tokens.slice(assign + 1)) };
}

function isSign(token: Token | undefined, sign: string): boolean {
  return token?.kind === 'sign' && token.value === sign;
}

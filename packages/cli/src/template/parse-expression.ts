import { FUNCTION_NAMES } from './functions.ts';
import type { Expression } from './nodes.ts';
import { templateError } from './template-error.ts';
import type { Token } from './tokens.ts';

/** `a | f x | g`: the value of each stage is the last argument of the next. @throws {UsageError} */
export function parseExpression(tokens: readonly Token[]): Expression {
  const rest = [...tokens].reverse();
  const value = parsePipeline(rest);
  if (rest.length > 0) throw templateError('unexpected ) or ,');
  return value;
}

function parsePipeline(rest: Token[]): Expression {
  let value = parseStage(rest, []);
  while (isSign(rest.at(-1), '|')) {
    rest.pop();
    value = parseStage(rest, [value]);
  }
  return value;
}

/** A value, or a function with arguments. */
function parseStage(rest: Token[], piped: readonly Expression[]): Expression {
  const first = rest.at(-1);
  if (first?.kind === 'word' && !LITERALS.has(first.value)) {
    rest.pop();
    return { kind: 'call', name: functionName(first.value), args: [...parseArguments(rest), ...piped] };
  }
  const [value, ...more] = parseArguments(rest);
  if (value === undefined) throw templateError('a value is missing');
  if (more.length > 0 || piped.length > 0) throw templateError('only functions take arguments');
  return value;
}

function parseArguments(rest: Token[]): readonly Expression[] {
  const values: Expression[] = [];
  for (let token = rest.at(-1); token !== undefined; token = rest.at(-1)) {
    if (token.kind === 'sign' && token.value !== '(') break;
    rest.pop();
    values.push(parseOperand(token, rest));
  }
  return values;
}

const LITERALS: ReadonlyMap<string, boolean | null> = new Map([
  ['true', true],
  ['false', false],
  ['nil', null],
]);

function parseOperand(token: Token, rest: Token[]): Expression {
  switch (token.kind) {
    case 'string':
    case 'number':
      return { kind: 'literal', value: token.value };
    case 'path':
      return { kind: 'path', root: token.root, fields: token.fields };
    case 'word': {
      const value = LITERALS.get(token.value);
      return value === undefined
        ? { kind: 'call', name: functionName(token.value), args: [] }
        : { kind: 'literal', value };
    }
    default: {
      const value = parsePipeline(rest);
      if (!isSign(rest.pop(), ')')) throw templateError('( is not closed');
      return value;
    }
  }
}

function functionName(name: string): string {
  if (FUNCTION_NAMES.includes(name)) return name;
  throw templateError(`function ${JSON.stringify(name)} is not supported`, `there are ${FUNCTION_NAMES.join(', ')}`);
}

function isSign(token: Token | undefined, sign: string): boolean {
  return token?.kind === 'sign' && token.value === sign;
}

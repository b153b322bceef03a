import { callFunction } from './functions.ts';
import { goText, isTrue } from './go-text.ts';
import type { Expression, Node, Nodes } from './nodes.ts';
import { templateError } from './template-error.ts';

/** What a template is run on. Only the fields that it has may be asked for; below them anything may be missing. */
export type TemplateData = Readonly<Record<string, unknown>>;

interface Scope {
  readonly dot: unknown;
  readonly variables: Map<string, unknown>;
  readonly data: TemplateData;
}

/** The text that a template makes of data. @throws {UsageError} */
export function runTemplate(nodes: Nodes, data: TemplateData): string {
  return run(nodes, { dot: data, variables: new Map([['$', data]]), data });
}

function run(nodes: Nodes, scope: Scope): string {
  return nodes.map((node) => runNode(node, scope)).join('');
}

function runNode(node: Node, scope: Scope): string {
  switch (node.kind) {
    case 'text':
      return node.text;
    case 'print':
      return goText(evaluate(node.value, scope));
    case 'set':
      scope.variables.set(node.name, evaluate(node.value, scope));
      return '';
    case 'if':
      return run(isTrue(evaluate(node.value, scope)) ? node.then : node.otherwise, inner(scope, scope.dot));
    case 'with': {
      const value = evaluate(node.value, scope);
      return isTrue(value) ? run(node.then, inner(scope, value)) : run(node.otherwise, inner(scope, scope.dot));
    }
    case 'range':
      return runRange(node, scope);
    default:
      return node satisfies never;
  }
}

function runRange({ names, value, then, otherwise }: Extract<Node, { kind: 'range' }>, scope: Scope): string {
  const items = itemsOf(evaluate(value, scope));
  if (items.length === 0) return run(otherwise, inner(scope, scope.dot));
  const turns = items.map(([key, item]) => {
    const each = inner(scope, item);
    const [first, second] = names;
    if (first !== undefined) each.variables.set(first, second === undefined ? item : key);
    if (second !== undefined) each.variables.set(second, item);
    return run(then, each);
  });
  return turns.join('');
}

function itemsOf(value: unknown): readonly (readonly [key: unknown, item: unknown])[] {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value)) return value.map((item, at) => [at, item]);
  if (typeof value === 'object') return Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  throw templateError(`range over ${goText(value)}, which has no items`);
}

function inner({ variables, data }: Scope, dot: unknown): Scope {
  return { dot, data, variables: new Map(variables) };
}

function evaluate(expression: Expression, scope: Scope): unknown {
  switch (expression.kind) {
    case 'literal':
      return expression.value;
    case 'path': {
      const { root, fields } = expression;
      const start = root === '' ? scope.dot : variableOf(root, scope);
      return fields.reduce((value, field) => fieldOf(value, field, scope), start);
    }
    case 'call':
      return callFunction(
        expression.name,
        expression.args.map((arg) => evaluate(arg, scope)),
      );
    default:
      return expression satisfies never;
  }
}

function variableOf(name: string, { variables }: Scope): unknown {
  if (variables.has(name)) return variables.get(name);
  throw templateError(`undefined variable ${name}`);
}

function fieldOf(value: unknown, field: string, { data }: Scope): unknown {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'object' || Array.isArray(value))
    throw templateError(`can't evaluate field ${field} of ${goText(value)}`);
  if (Object.hasOwn(value, field)) return (value as Readonly<Record<string, unknown>>)[field];
  if (value === data) throw templateError(`no field ${field}`, `there are ${Object.keys(data).join(', ')}`);
  return undefined;
}

import type { BakeFileError } from '../errors.ts';

export type Variables = Readonly<Record<string, string | undefined>>;

/** Makes the error for a text that cannot be expanded. */
export type Fail = (message: string) => BakeFileError;

const NAME = /^[A-Za-z_]\w*/;
/** Defaults within defaults go no deeper in any real file. */
const MAX_DEPTH = 20;

/**
 * Replaces `$NAME`, `${NAME}` and the forms with `:-`, `-`, `:?`, `?`, `:+` and `+`; `$$` is a dollar sign. A variable
 * that is not set is empty.
 * @see https://github.com/compose-spec/compose-spec/blob/main/12-interpolation.md
 */
export function interpolate(text: string, variables: Variables, fail: Fail, depth = 0): string {
  if (depth > MAX_DEPTH) throw fail('variables are nested too deeply');
  let expanded = '';
  let at = 0;
  while (at < text.length) {
    const dollar = text.indexOf('$', at);
    if (dollar === -1) break;
    expanded += text.slice(at, dollar);
    const rest = text.slice(dollar + 1, dollar + 2);
    if (rest === '$') {
      expanded += '$';
      at = dollar + 2;
      continue;
    }
    const end =
      rest === '{' ? closingBrace(text, dollar + 2) : dollar + 1 + (NAME.exec(text.slice(dollar + 1))?.[0].length ?? 0);
    if (end === undefined || end === dollar + 1)
      throw fail(`invalid interpolation in ${JSON.stringify(text)}; a dollar sign is written $$`);
    expanded +=
      rest === '{'
        ? substitute(text.slice(dollar + 2, end), variables, fail, depth)
        : (variables[text.slice(dollar + 1, end)] ?? '');
    at = rest === '{' ? end + 1 : end;
  }
  return expanded + text.slice(at);
}

/** Where the brace that was opened before `start` is closed. */
function closingBrace(text: string, start: number): number | undefined {
  let open = 1;
  for (let at = start; at < text.length; at++) {
    if (text[at] === '{' && text[at - 1] === '$') open += 1;
    if (text[at] === '}') open -= 1;
    if (open === 0) return at;
  }
  return undefined;
}

function substitute(expression: string, variables: Variables, fail: Fail, depth: number): string {
  const name = NAME.exec(expression)?.[0];
  const [, operator, word = ''] = /^(|:?[-?+])((?<=.)[\s\S]*)?$/.exec(expression.slice(name?.length ?? 0)) ?? [];
  if (name === undefined || operator === undefined) throw fail(`invalid interpolation \${${expression}}`);
  const value = variables[name];
  const isSet = operator.startsWith(':') ? value !== undefined && value !== '' : value !== undefined;
  const alternative = () => interpolate(word, variables, fail, depth + 1);
  switch (operator.at(-1)) {
    case '-':
      return isSet ? (value ?? '') : alternative();
    case '+':
      return isSet ? alternative() : '';
    case '?':
      if (!isSet) throw fail(`required variable ${name} is not set: ${alternative()}`);
      return value ?? '';
    default:
      return value ?? '';
  }
}

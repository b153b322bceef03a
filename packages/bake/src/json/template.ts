/** Says what `${name}` stands for, or throws for a name that there is not. */
export type Lookup = (path: readonly string[]) => string;

/** Says why an expression is none that is understood. */
export type Refusal = (expression: string) => Error;

const REFERENCE = /^\s*([A-Za-z_][\w-]*(?:\.[A-Za-z_][\w-]*)*)\s*$/;

/**
 * Replaces `${name}` and `${name.member}`; `$${` is a literal `${`. Of HCL's templates that is all that JSON files
 * commonly use: functions, operators and `%{` directives are refused.
 * @see https://github.com/hashicorp/hcl/blob/main/hclsyntax/spec.md#templates
 */
export function expandTemplate(text: string, lookup: Lookup, refuse: Refusal): string {
  let expanded = '';
  for (let at = 0; at < text.length; ) {
    const start = text.indexOf('${', at);
    const directive = text.indexOf('%{', at);
    if (directive !== -1 && text[directive - 1] !== '%') throw refuse(text.slice(directive));
    if (start === -1) return expanded + text.slice(at);
    if (text[start - 1] === '$') {
      expanded += `${text.slice(at, start - 1)}\${`;
      at = start + 2;
      continue;
    }
    const end = text.indexOf('}', start);
    const expression = text.slice(start + 2, end === -1 ? undefined : end);
    const name = end === -1 ? undefined : REFERENCE.exec(expression)?.[1];
    if (name === undefined) throw refuse(expression);
    expanded += text.slice(at, start) + lookup(name.split('.'));
    at = end + 1;
  }
  return expanded;
}

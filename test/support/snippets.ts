import { transformSync } from 'esbuild';

/** A block of TypeScript in a page. */
export interface Snippet {
  /** Number of the line on which its code begins, from 1. */
  readonly line: number;
  readonly code: string;
}

/** What a page says of an expression, and what the expression is. */
export interface Claim {
  readonly expression: string;
  readonly actual: unknown;
  readonly claimed: unknown;
}

const BLOCK = /^```ts\n(?<code>[\s\S]*?)^```$/gm;
const CLAIM = /^(?<expression>\S.*); \/\/ (?<claimed>.+)$/gm;

/** The blocks of TypeScript of a page, in their order. */
export function readSnippets(page: string): Snippet[] {
  return [...page.matchAll(BLOCK)].map(({ index, groups }) => ({
    line: page.slice(0, index).split('\n').length + 1,
    code: groups?.code ?? '',
  }));
}

/**
 * A module that does what the code does and prints its claims as a JSON list of {@link Claim}: of each line
 * `expression; // value` both sides, unless what follows `//` is no value.
 */
export function snippetModule(code: string): string {
  const told = code.replaceAll(CLAIM, (line, expression: string, claimed: string) =>
    isExpression(claimed)
      ? `$claims.push({ expression: ${JSON.stringify(expression)}, actual: ${expression}, claimed: ${claimed} });`
      : line,
  );
  const whole = `const $claims = [];\n${told}\nprocess.stdout.write(JSON.stringify($claims));\n`;
  return transformSync(whole, { loader: 'ts', format: 'esm', target: 'node20.19' }).code;
}

/** False of prose, and of values with an ellipsis: `sha256:…`. */
function isExpression(text: string): boolean {
  if (text.includes('…')) return false;
  try {
    transformSync(`(${text})`, { logLevel: 'silent' });
    return true;
  } catch {
    return false;
  }
}

const COMMAND = /^(?: {4}|\$ )?(?<command>(?:[A-Z_]+=\S+ )?tsbuild (?!completion)[a-z]+ .*)$/gm;

/** Lines of a page in which somebody types `tsbuild`, in its blocks of `sh` and `console` and in indented ones; what shells read when they start is left out. */
export function readCommands(page: string): string[] {
  const blocks = page.match(/^```(?:sh|console)\n[\s\S]*?^```$|^(?: {4}.+\n)+/gm) ?? [];
  return blocks.flatMap((block) => [...block.matchAll(COMMAND)].map(({ groups }) => groups?.command ?? ''));
}

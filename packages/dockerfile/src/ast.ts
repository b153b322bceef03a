import type { SourceRange, SourceText } from '@tsbuild/core';
import type { ArgInstruction, FromInstruction, StageInstruction } from './instructions.ts';
import type { CheckOptions } from './read/check-options.ts';

/** The character that escapes and continues lines. */
export type EscapeChar = '\\' | '`';

/** `# check=skip=…;error=true`. */
export interface CheckDirective extends CheckOptions {
  readonly range: SourceRange;
}

/** The `# key=value` lines at the top of the file. */
export interface Directives {
  readonly escape: EscapeChar;
  readonly escapeRange?: SourceRange;
  readonly syntax?: string;
  readonly syntaxRange?: SourceRange;
  readonly check?: CheckDirective;
}

/** FROM and what follows it up to the next FROM. */
export interface Stage {
  readonly index: number;
  /** Lower case. Names may repeat; the last one counts for `target`. */
  readonly name?: string;
  readonly nameAsWritten?: string;
  readonly from: FromInstruction;
  /** Without `from`. */
  readonly instructions: readonly StageInstruction[];
  readonly range: SourceRange;
  /** Description of the stage from the comment above its FROM. */
  readonly comment?: string;
}

/** A parsed Dockerfile. Nothing in it has been expanded. */
export interface Dockerfile {
  readonly source: SourceText;
  readonly directives: Directives;
  /** ARGs before the first FROM. */
  readonly globalArgs: readonly ArgInstruction[];
  /** At least one, in the order written. */
  readonly stages: readonly Stage[];
  /** Lines that end a continued instruction in which blank lines lie, for the check that warns of them. */
  readonly emptyContinuations: readonly number[];
}

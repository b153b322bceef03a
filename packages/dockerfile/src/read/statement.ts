import type { SourceRange } from '@tsbuild/core';
import type { Directives, EscapeChar } from '../ast.ts';
import { syntaxError } from '../errors.ts';
import type { Heredoc } from '../heredoc.ts';
import { DirectiveReader } from './directives.ts';
import type { HeredocWord } from './heredoc-words.ts';
import { LineReader, withoutLineEnd } from './line-reader.ts';
import { trimSpace, trimStart } from './space.ts';

/** An instruction on one line: continuations are joined and comments within it dropped. */
export interface Statement {
  readonly text: string;
  /** Without the bodies of here-documents, which are read later. */
  readonly range: SourceRange;
  readonly comments: readonly string[];
  /** True when blank lines lie within it. */
  readonly hasEmptyContinuation: boolean;
}

const BYTE_ORDER_MARK = '\ufeff';
const HEREDOC_END = 'it ends at a line that has this word and nothing else, not even blanks';

/** Reads a Dockerfile statement by statement. */
export class StatementReader {
  readonly #lines: LineReader;
  readonly #directives = new DirectiveReader();
  #comments: string[] = [];
  /** Length of the line that was read last, without its end. */
  #lastLength = 0;

  constructor(text: string) {
    this.#lines = new LineReader(text);
  }

  get escape(): EscapeChar {
    return this.#directives.escape;
  }

  /** Lines read so far. */
  get line(): number {
    return this.#lines.line;
  }

  /** The directives, once the statements are read. @throws {DockerfileError} */
  finishDirectives(): Directives {
    return this.#directives.finish();
  }

  /** The next statement, undefined at the end. @throws {DockerfileError} when a directive is malformed. */
  next(): Statement | undefined {
    for (let raw = this.#read(); raw !== undefined; raw = this.#read()) {
      const withoutMark = this.line === 1 && raw.startsWith(BYTE_ORDER_MARK) ? raw.slice(1) : raw;
      const line = trimStart(withoutMark);
      const isDirective = this.#directives.take(line, this.line);
      if (line.startsWith('#')) {
        if (!isDirective) this.#addComment(line);
      } else if (line !== '') return this.#statement(line, raw.length - line.length);
      else this.#comments = [];
    }
    return undefined;
  }

  #read(): string | undefined {
    const line = this.#lines.next();
    if (line === undefined) return undefined;
    const text = withoutLineEnd(line);
    this.#lastLength = text.length;
    return text;
  }

  #addComment(line: string): void {
    const comment = trimSpace(line.slice(1));
    if (comment === '') this.#comments = [];
    else this.#comments.push(comment);
  }

  #statement(first: string, column: number): Statement {
    const start = { line: this.line, column };
    const parts: string[] = [];
    let hasEmptyContinuation = false;
    let continued = cutContinuation(first, this.escape);
    parts.push(continued ?? first);
    while (continued !== undefined) {
      const line = this.#read();
      if (line === undefined) break;
      const trimmed = trimStart(line);
      if (trimmed === '') hasEmptyContinuation = true;
      if (trimmed === '' || trimmed.startsWith('#')) continue;
      continued = cutContinuation(line, this.escape);
      parts.push(continued ?? line);
    }
    const comments = this.#comments;
    this.#comments = [];
    return { text: parts.join(''), range: { start, end: this.#position() }, comments, hasEmptyContinuation };
  }

  #position() {
    return { line: this.line, column: this.#lastLength };
  }

  /** Reads the bodies that a statement announced. @throws {DockerfileError} when one does not end. */
  readHeredocs(words: readonly HeredocWord[], statement: Statement): { heredocs: Heredoc[]; range: SourceRange } {
    const heredocs = words.map((word) => ({ ...word, content: this.#readBody(word) }));
    return { heredocs, range: { start: statement.range.start, end: this.#position() } };
  }

  #readBody({ name, chomp }: HeredocWord): string {
    const parts: string[] = [];
    for (let raw = this.#lines.next(); raw !== undefined; raw = this.#lines.next()) {
      const line = withoutLineEnd(raw);
      this.#lastLength = line.length;
      if ((chomp ? line.replace(/^\t+/, '') : line) === name) return parts.join('');
      parts.push(raw);
    }
    throw syntaxError(`unterminated heredoc: no line ${JSON.stringify(name)} follows`, HEREDOC_END);
  }
}

/** The line without the escape character that continues it, or undefined when it is the last one. */
function cutContinuation(line: string, escapeChar: EscapeChar): string | undefined {
  let end = line.length;
  while (end > 0 && (line[end - 1] === ' ' || line[end - 1] === '\t')) end--;
  const isContinued = line[end - 1] === escapeChar && line[end - 2] !== escapeChar;
  return isContinued ? line.slice(0, end - 1) : undefined;
}

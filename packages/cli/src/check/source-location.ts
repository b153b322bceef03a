import type { SourceRange } from '@tsbuild/core';
import type { BuildFile } from '@tsbuild/engine';

/** A place as buildx's subrequests give it. */
export function sourceLocation({ start, end }: SourceRange): object {
  return { ranges: [{ start: { line: start.line }, end: { line: end.line } }] };
}

/** The Dockerfile that locations point into, in base64. */
export function sourceTexts({ text }: BuildFile): readonly string[] {
  return [Buffer.from(text).toString('base64')];
}

export function prettyJson(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

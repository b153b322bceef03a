import type { BuildWarning, SourceText } from '@tsbuild/core';
import { codeFrame } from '../code-frame.ts';
import { visible } from '../visible.ts';

/** What a check found, for people: in buildx's words, each with its lines. */
export function checkText(warnings: readonly BuildWarning[], source: SourceText): string {
  if (warnings.length === 0) return 'Check complete, no warnings found.\n';
  const count = warnings.length === 1 ? '1 warning has been found!' : `${warnings.length} warnings have been found!`;
  return `Check complete, ${count}\n${warnings.map((warning) => warningText(warning, source)).join('')}`;
}

function warningText({ rule, message, url, range }: BuildWarning, source: SourceText): string {
  const link = url === undefined ? '' : ` - ${url}`;
  return `\nWARNING: ${rule}${link}\n${visible(message)}\n${range === undefined ? '' : codeFrame(source, range)}`;
}

/** The same for programs, as `docker buildx build --call=check,format=json` gives it. */
export function checkJson(warnings: readonly BuildWarning[], { name, text }: SourceText): string {
  const shown = warnings.map(({ rule, message, url, range }) => ({
    ruleName: rule,
    url,
    detail: message,
    location: { ranges: range === undefined ? [] : [{ start: position(range.start), end: position(range.end) }] },
  }));
  const sources = [{ filename: name, language: 'Dockerfile', data: Buffer.from(text).toString('base64') }];
  return `${JSON.stringify({ warnings: shown, sources }, null, 2)}\n`;
}

function position({ line, column }: { readonly line: number; readonly column: number }): object {
  return { line, character: column };
}

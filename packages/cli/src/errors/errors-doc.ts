import { ERROR_CODES, type ErrorCode, exitStatusOf } from '@tsbuild/core';
import { ERROR_GUIDE } from './error-guide.ts';

const INTRODUCTION = `Every error has a code, which stays what it is: scripts may rely on it. The message names the thing and the place, the
hint the likely mend; this page tells the rest. Programs find the code as \`error.code\`.
This page is written by \`packages/cli/scripts/errors-doc.mjs\`.
`;

/** The page \`docs/errors.md\`. */
export function errorsPage(): string {
  const codes = Object.keys(ERROR_CODES) as ErrorCode[];
  return `# Errors\n\n${INTRODUCTION}${codes.map(section).join('')}`;
}

function section(code: ErrorCode): string {
  const { cause, cure } = ERROR_GUIDE[code];
  const status = exitStatusOf(code);
  const summary = `${ERROR_CODES[code].summary}${status === 1 ? '' : ` (exit status ${status})`}`;
  return `\n## ${code}\n\n${capitalized(summary)}.\n\n- **Cause**: ${cause}\n- **Cure**: ${cure}\n`;
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

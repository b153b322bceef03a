import { LineCounter, parseDocument } from 'yaml';
import { BakeFileError } from '../errors.ts';

/** What a Compose file says, before anything is expanded. @throws {BakeFileError} with the line of what is wrong */
export function readYaml(file: string, text: string): unknown {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, merge: true, stringKeys: true, version: '1.2' });
  const [problem = document.warnings[0]] = document.errors;
  if (problem !== undefined) {
    const { line } = lines.linePos(problem.pos[0]);
    const [message = ''] = problem.message.split(/ at line|\n/);
    throw new BakeFileError(`${file}:${line}`, message.charAt(0).toLowerCase() + message.slice(1).replace(/[.:]$/, ''));
  }
  try {
    // The default limit of aliases that resolve to one node ends attacks by nesting them.
    return document.toJS();
  } catch (cause) {
    throw new BakeFileError(file, cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

import { syntaxError } from '../errors.ts';
import { trimStart } from './space.ts';

/**
 * The strings of `["a", "b"]`, or undefined when `text` is no JSON array and so stands for itself.
 * @throws {DockerfileError} when it is an array of something else.
 */
export function parseJsonForm(text: string): string[] | undefined {
  const trimmed = trimStart(text);
  if (!trimmed.startsWith('[')) return undefined;
  const elements = parseArray(trimmed);
  if (elements === undefined) return undefined;
  return elements.map((element) => {
    if (typeof element === 'string') return withoutLoneSurrogates(element);
    throw syntaxError('arrays of the JSON form must be comprised of strings only', 'put the other elements in quotes');
  });
}

function parseArray(text: string): unknown[] | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Escapes such as `\ud800` alone are no text. */
function withoutLoneSurrogates(text: string): string {
  return text.replace(/\p{Surrogate}/gu, '\ufffd');
}

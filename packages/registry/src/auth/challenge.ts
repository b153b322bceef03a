/** One scheme that a server would accept, from its `WWW-Authenticate`. */
export interface Challenge {
  /** Lower case. */
  readonly scheme: string;
  /** Names in lower case. */
  readonly parameters: ReadonlyMap<string, string>;
}

const SCHEME = /\s*([A-Za-z][A-Za-z0-9_-]*)(?:\s+|$|(?=,))/y;
const PARAMETER = /[\s,]*([A-Za-z0-9_.-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]*))/y;
const SEPARATOR = /[\s,]*/y;

/**
 * Reads the challenges of a `WWW-Authenticate` header: several schemes may stand in one, each with its parameters.
 * What cannot be read ends the list.
 * @see https://www.rfc-editor.org/rfc/rfc9110#name-www-authenticate
 */
export function parseChallenges(header: string): Challenge[] {
  const challenges: Challenge[] = [];
  let at = 0;
  const match = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const found = pattern.exec(header);
    if (found !== null) at = pattern.lastIndex;
    return found;
  };
  for (match(SEPARATOR); at < header.length; match(SEPARATOR)) {
    const scheme = match(SCHEME)?.[1];
    if (scheme === undefined) break;
    const parameters = new Map<string, string>();
    for (let found = match(PARAMETER); found !== null; found = match(PARAMETER)) {
      const [, name = '', quoted, bare = ''] = found;
      parameters.set(name.toLowerCase(), quoted === undefined ? bare : quoted.replace(/\\(.)/g, '$1'));
    }
    challenges.push({ scheme: scheme.toLowerCase(), parameters });
  }
  return challenges;
}

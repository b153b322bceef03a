import { UsageError } from '@tsbuild/core';

/** A git repository, and what of it is meant. */
export interface GitUrl {
  /** What git is given. */
  readonly remote: string;
  /** Branch, tag or commit. */
  readonly ref?: string;
  /** Folder within the repository, without slashes at its ends. */
  readonly subdir?: string;
  /** The commit that `ref` must be. */
  readonly commit?: string;
}

const SCHEMES = /^(?:git|ssh|https?):\/\//;
const SCP = /^[a-zA-Z0-9_-]+@[a-zA-Z0-9.-]+:(?!\/\/)/;
const QUERY_NAMES = new Set(['ref', 'branch', 'tag', 'commit', 'checksum', 'subdir']);

/**
 * Tells a git repository from other contexts, as Docker does: `git://`, `ssh://`, `user@host:path`, and http(s) when the
 * path ends in `.git`; `#ref:subdir` or `?ref=…&subdir=…` say what of it is meant.
 * @see https://docs.docker.com/build/concepts/context/#git-repositories
 * @throws {UsageError} for a repository whose ref or folder is malformed
 */
export function parseGitUrl(text: string): GitUrl | undefined {
  const hash = text.indexOf('#');
  const base = hash === -1 ? text : text.slice(0, hash);
  const fragment = hash === -1 ? '' : text.slice(hash + 1);
  if (SCP.test(base)) return withFragment({ remote: base }, fragment, text);
  if (!SCHEMES.test(base))
    return /^github\.com\//.test(base) ? withFragment({ remote: `https://${base}` }, fragment, text) : undefined;
  const question = base.indexOf('?');
  const remote = question === -1 ? base : base.slice(0, question);
  const isWeb = /^https?:/.test(remote);
  if (isWeb && !remote.endsWith('.git')) return undefined;
  return withFragment(
    { remote, ...(question === -1 ? {} : parseQuery(base.slice(question + 1), text)) },
    fragment,
    text,
  );
}

/** The URL with its ref and folder as the fragment. */
export function gitUrlText({ remote, ref, subdir }: GitUrl): string {
  const fragment = `${ref ?? ''}${subdir === undefined ? '' : `:${subdir}`}`;
  return fragment === '' ? remote : `${remote}#${fragment}`;
}

function parseQuery(query: string, text: string): Partial<GitUrl> {
  const found: { ref?: string; subdir?: string; commit?: string } = {};
  for (const [name, value] of new URLSearchParams(query)) {
    if (!QUERY_NAMES.has(name))
      throw new UsageError(`unexpected query ${JSON.stringify(name)} in ${text}`, {
        hint: 'known are ref, branch, tag, commit, checksum and subdir',
      });
    if (name === 'subdir') found.subdir = value;
    else if (name === 'commit' || name === 'checksum') found.commit = value;
    else if (name === 'ref') found.ref = value;
    else found.ref = `refs/${name === 'tag' ? 'tags' : 'heads'}/${value}`;
  }
  return found;
}

function withFragment(url: GitUrl, fragment: string, text: string): GitUrl {
  const colon = fragment.indexOf(':');
  const ref = (colon === -1 ? fragment : fragment.slice(0, colon)) || url.ref;
  const subdir = cleanSubdir((colon === -1 ? undefined : fragment.slice(colon + 1)) ?? url.subdir, text);
  const { remote, commit } = url;
  if (ref?.startsWith('-')) throw new UsageError(`invalid git ref ${JSON.stringify(ref)}`);
  if (remote.startsWith('-')) throw new UsageError(`invalid git repository ${JSON.stringify(remote)}`);
  return {
    remote,
    ...(ref === undefined || ref === '' ? {} : { ref }),
    ...(subdir === undefined ? {} : { subdir }),
    ...(commit === undefined ? {} : { commit }),
  };
}

function cleanSubdir(subdir: string | undefined, text: string): string | undefined {
  const parts = (subdir ?? '').split('/').filter((part) => part !== '' && part !== '.');
  if (parts.includes('..')) throw new UsageError(`the folder in ${text} points outside of the repository`);
  return parts.length === 0 ? undefined : parts.join('/');
}

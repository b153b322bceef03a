import { type Digest, isDigest } from './digest.ts';
import { TsbuildError } from './errors.ts';

/** An image name, complete: Docker Hub's short names are already written out. */
export interface Reference {
  /** Host and optional port, e.g. `docker.io` or `localhost:5000`. */
  readonly registry: string;
  /** Path within the registry, e.g. `library/busybox`. */
  readonly repository: string;
  readonly tag?: string;
  readonly digest?: Digest;
}

const DEFAULT_REGISTRY = 'docker.io';
const PATH_COMPONENT = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/;
const TAG = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/;
const HOST = /^(?:\[[0-9a-fA-F:]+\]|[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?)(?::[0-9]{1,5})?$/;

/**
 * Reads an image name with Docker's rules; without tag and digest the tag is `latest`.
 * @see https://github.com/distribution/reference
 * @throws {TsbuildError} ERR_TSBUILD_INVALID_REFERENCE
 */
export function parseReference(text: string): Reference {
  const [name, digest] = splitDigest(text);
  const slash = name.indexOf('/');
  const colon = name.lastIndexOf(':');
  const hasTag = colon > name.lastIndexOf('/');
  const tag = hasTag ? name.slice(colon + 1) : undefined;
  const path = hasTag ? name.slice(0, colon) : name;
  const first = slash === -1 ? '' : path.slice(0, slash);
  const isHost = first === 'localhost' || /[.:]/.test(first) || first !== first.toLowerCase();
  const registry = isHost ? normalizeRegistry(first) : DEFAULT_REGISTRY;
  const rest = isHost ? path.slice(slash + 1) : path;
  const repository = registry === DEFAULT_REGISTRY && !rest.includes('/') ? `library/${rest}` : rest;

  if (!HOST.test(registry)) throw invalid(text, `${JSON.stringify(first)} is not a registry host`);
  if (rest === '' || !rest.split('/').every((part) => PATH_COMPONENT.test(part)))
    throw invalid(text, nameProblem(rest));
  if (tag !== undefined && !TAG.test(tag)) throw invalid(text, `${JSON.stringify(tag)} is not a valid tag`);
  if (digest !== undefined && !isDigest(digest))
    throw invalid(text, `${JSON.stringify(digest)} is not a sha256 digest`);
  return {
    registry,
    repository,
    ...(tag === undefined && digest === undefined ? { tag: 'latest' } : {}),
    ...(tag === undefined ? {} : { tag }),
    ...(digest === undefined ? {} : { digest }),
  };
}

/** The complete name, e.g. `docker.io/library/busybox:latest`; parses back to the same reference. */
export function formatReference({ registry, repository, tag, digest }: Reference): string {
  return `${registry}/${repository}${tag === undefined ? '' : `:${tag}`}${digest === undefined ? '' : `@${digest}`}`;
}

/** The name as people write it: without what Docker Hub implies. */
export function familiarReference(reference: Reference): string {
  const full = formatReference(reference);
  if (full.startsWith(`${DEFAULT_REGISTRY}/library/`)) return full.slice(`${DEFAULT_REGISTRY}/library/`.length);
  return full.startsWith(`${DEFAULT_REGISTRY}/`) ? full.slice(DEFAULT_REGISTRY.length + 1) : full;
}

function splitDigest(text: string): [string, string | undefined] {
  const at = text.indexOf('@');
  return at === -1 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}

function normalizeRegistry(host: string): string {
  return host === 'index.docker.io' || host === 'registry-1.docker.io' ? DEFAULT_REGISTRY : host;
}

function nameProblem(path: string): string {
  if (path === '') return 'the repository name is empty';
  return path === path.toLowerCase()
    ? `${JSON.stringify(path)} is not a repository name`
    : 'repository names are lower case';
}

function invalid(text: string, problem: string): TsbuildError {
  const lower = text.toLowerCase();
  return new TsbuildError('ERR_TSBUILD_INVALID_REFERENCE', `invalid image name ${JSON.stringify(text)}: ${problem}`, {
    hint: problem.endsWith('lower case') ? `did you mean ${lower}?` : 'expected [registry/]name[:tag][@sha256:…]',
  });
}

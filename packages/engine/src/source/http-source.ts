import { createReadStream } from 'node:fs';
import { type Digest, DigestMismatchError, type FileTree, isDigest, NotFoundError, SolveError } from '@tsbuild/core';
import type { Store } from '@tsbuild/store';
import { cacheKey } from '../cache/cache-key.ts';
import type { SourceTree } from '../graph.ts';
import type { SolveContext } from '../solve/solve-context.ts';
import { fetchInto } from './http-fetch.ts';
import { httpAuthorization } from './remote-secrets.ts';

/** A download as a tree of one file. */
export interface Download {
  readonly tree: FileTree & Pick<SourceTree, 'digests'>;
  readonly name: string;
}

export type DownloadOptions = Pick<SolveContext, 'store' | 'signal' | 'secrets' | 'downloads' | 'fetched' | 'guard'>;

/** What is known of a URL's content, so that an unchanged one is not sent again. */
interface KnownContent {
  readonly digest: Digest;
  readonly size: number;
  /** Seconds since 1970. */
  readonly mtime: number;
  readonly etag?: string;
  readonly lastModified?: string;
}

const NAMELESS = '__unnamed__';

/** Downloads into the store; as in BuildKit the file has mode 0600, the name in its URL and the server's modification time. */
export async function download(url: string, checksum: string | undefined, options: DownloadOptions): Promise<Download> {
  const { store } = options;
  const wanted = checksum === undefined ? undefined : parseChecksum(checksum);
  const key = cacheKey('http/v1', url);
  const known = await knownContent(store, await store.records.get(key));
  const content = known?.digest === wanted && known !== undefined ? known : await refresh(url, known, wanted, options);
  if (content !== known) await store.records.put(key, { v: 1, ...content });
  const name = fileName(url);
  const { digest, size, mtime } = content;
  options.fetched?.add({ kind: 'http', url, digest });
  return { name, tree: singleFileTree(name, store.blobs.path(digest), digest, size, mtime) };
}

function parseChecksum(text: string): Digest {
  if (isDigest(text)) return text;
  throw new SolveError('ERR_TSBUILD_INVALID_DIGEST', `invalid checksum ${JSON.stringify(text)}: malformed digest`, {
    hint: 'expected --checksum=sha256: and 64 hex digits',
  });
}

async function knownContent(store: Store, record: unknown): Promise<KnownContent | undefined> {
  if (!isKnownContent(record) || !(await store.blobs.exists({ ...record, mediaType: '' }))) return undefined;
  return record;
}

function isKnownContent(record: unknown): record is KnownContent {
  if (typeof record !== 'object' || record === null) return false;
  const { v, digest, size, mtime } = record as Readonly<Record<string, unknown>>;
  return v === 1 && isDigest(digest) && typeof size === 'number' && typeof mtime === 'number';
}

async function refresh(
  url: string,
  known: KnownContent | undefined,
  checksum: Digest | undefined,
  { store, signal, secrets, downloads, guard }: DownloadOptions,
): Promise<KnownContent> {
  const headers = {
    ...(known?.etag === undefined ? {} : { 'if-none-match': known.etag }),
    ...(known?.lastModified === undefined ? {} : { 'if-modified-since': known.lastModified }),
  };
  const authorization = await httpAuthorization(secrets);
  await using ingest = await store.blobs.ingest();
  let pinned = checksum;
  const onRedirect =
    guard &&
    (async (to: URL) => {
      pinned = agreed(url, pinned, await guard.redirect(to));
    });
  const response = await fetchInto(url, ingest, { headers, authorization, onRedirect, signal, limits: downloads });
  if (response === undefined && known !== undefined) {
    if (pinned !== undefined && pinned !== known.digest) throw otherContent(url, known.digest, pinned);
    return known;
  }
  const { digest, size } = await ingest.commit(pinned === undefined ? {} : { digest: pinned }).catch((error) => {
    if (!(error instanceof DigestMismatchError)) throw error;
    throw otherContent(url, error.message.match(/sha256:[0-9a-f]+/)?.[0] ?? '', pinned ?? '');
  });
  return { digest, size, ...validators(response) };
}

/** The one digest that is demanded, by whomever. */
function agreed(url: string, demanded: Digest | undefined, pin: string | undefined): Digest | undefined {
  if (pin === undefined) return demanded;
  const digest = parseChecksum(pin);
  if (demanded !== undefined && demanded !== digest) throw otherContent(url, digest, demanded);
  return digest;
}

function otherContent(url: string, actual: string, expected: string): SolveError {
  const message = `digest mismatch for ${url}: got ${actual}, expected ${expected}`;
  return new SolveError('ERR_TSBUILD_DIGEST_MISMATCH', message, { hint: 'check the file, then mend --checksum' });
}

function validators(headers: Headers | undefined): Pick<KnownContent, 'mtime' | 'etag' | 'lastModified'> {
  const lastModified = headers?.get('last-modified') ?? undefined;
  const etag = headers?.get('etag') ?? undefined;
  const time = Date.parse(lastModified ?? '');
  return {
    mtime: Number.isNaN(time) ? 0 : Math.floor(time / 1000),
    ...(etag === undefined ? {} : { etag }),
    ...(lastModified === undefined ? {} : { lastModified }),
  };
}

/** The last component of the URL's path; what the server would call the file does not count. */
function fileName(url: string): string {
  const name = decodePath(new URL(url).pathname).split('/').at(-1) ?? '';
  return name === '' || name === '.' || name === '..' ? NAMELESS : name;
}

function decodePath(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

function singleFileTree(name: string, path: string, digest: Digest, size: number, mtime: number): Download['tree'] {
  const root = { path: '', type: 'directory', mode: 0o755, uid: 0, gid: 0, size: 0, mtime: 0 } as const;
  const entry = { path: name, type: 'file', mode: 0o600, uid: 0, gid: 0, size, mtime, digest } as const;
  return {
    lookup: (wanted) => (wanted === '' ? root : wanted === name ? entry : undefined),
    list: (wanted) => (wanted === '' ? [name] : []),
    digests: async (paths) => new Map(paths.map((wanted) => [wanted, digest])),
    async *readMany(paths) {
      for (const wanted of paths) {
        if (wanted !== name) throw new NotFoundError(`no file ${JSON.stringify(wanted)}`);
        yield* fileChunks(name, path);
      }
    },
  };
}

async function* fileChunks(name: string, path: string) {
  for await (const bytes of createReadStream(path, { highWaterMark: 256 * 1024 }))
    yield { path: name, bytes, last: false };
  yield { path: name, bytes: new Uint8Array(), last: true };
}

import { type Digest, type FileTree, NotFoundError, SolveError } from '@tsbuild/core';
import type { SourceTree } from '../graph.ts';
import type { SolveContext } from '../solve/solve-context.ts';
import { downloadFailed, request } from './http-request.ts';

/** A download as a tree of one file. */
export interface Download {
  readonly tree: FileTree & Pick<SourceTree, 'digests'>;
  readonly name: string;
}

const NAMELESS = '__unnamed__';

/** Downloads into the store; as in BuildKit the file has mode 0600, the name in its URL and the server's modification time. */
export async function download(
  url: string,
  checksum: string | undefined,
  { store, signal }: Pick<SolveContext, 'store' | 'signal'>,
): Promise<Download> {
  const response = await request(url, signal);
  await using ingest = await store.blobs.ingest();
  try {
    if (response.body !== null) for await (const bytes of response.body) await ingest.write(bytes);
  } catch (cause) {
    signal?.throwIfAborted();
    throw downloadFailed(url, 'the transfer broke off', cause);
  }
  const { digest, size } = await ingest.commit();
  if (checksum !== undefined && checksum !== digest) {
    await store.blobs.remove(digest);
    throw new SolveError(
      'ERR_TSBUILD_DIGEST_MISMATCH',
      `digest mismatch for ${url}: got ${digest}, expected ${checksum}`,
      {
        hint: 'check the file, then mend --checksum',
      },
    );
  }
  const name = fileName(url);
  return { name, tree: singleFileTree(name, store.blobs.path(digest), digest, size, lastModified(response)) };
}

/** The last component of the URL's path; what the server would call the file does not count. */
function fileName(url: string): string {
  const name = decodeURIComponent(new URL(url).pathname).split('/').at(-1) ?? '';
  return name === '' || name.includes('/') || name === '.' || name === '..' ? NAMELESS : name;
}

function lastModified(response: Response): number {
  const time = Date.parse(response.headers.get('last-modified') ?? '');
  return Number.isNaN(time) ? 0 : Math.floor(time / 1000);
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
  const { createReadStream } = await import('node:fs');
  for await (const bytes of createReadStream(path, { highWaterMark: 256 * 1024 }))
    yield { path: name, bytes, last: false };
  yield { path: name, bytes: new Uint8Array(), last: true };
}

import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { type BuildOptions, createBuilder } from '@tsbuild/engine';
import { expect, test } from 'vitest';
import { mustRun } from '../support/command.ts';
import { type LoopbackServer, startLoopbackServer } from '../support/loopback-server.ts';
import { openTempFolder, type TempFolder } from '../support/temp-folder.ts';
import { mustTsbuild } from '../support/tsbuild.ts';

const CONTENT = 'from the web\n';
const CHECKSUM = `sha256:${createHash('sha256').update(CONTENT).digest('hex')}`;

type Answer = (response: ServerResponse) => void;

const BAD_ANSWERS: readonly { title: string; answer: Answer; says: string; code: string }[] = [
  {
    title: 'a 404',
    answer: (response) => response.writeHead(404).end('no'),
    says: 'the server answered 404 Not Found',
    code: 'ERR_TSBUILD_SOURCE_NOT_FOUND',
  },
  {
    title: 'a redirect to a local file',
    answer: (response) => response.writeHead(302, { location: 'file:///etc/passwd' }).end(),
    says: 'redirected to file://, which is not followed from http://',
    code: 'ERR_TSBUILD_SOURCE_NOT_FOUND',
  },
  {
    title: 'a redirect in a circle',
    answer: (response) => response.writeHead(302, { location: '/file' }).end(),
    says: 'too many redirects',
    code: 'ERR_TSBUILD_SOURCE_NOT_FOUND',
  },
  {
    title: 'a transfer that is cut off',
    answer: (response) => {
      response.writeHead(200, { 'content-length': '1000' });
      response.write('some');
      setTimeout(() => response.destroy(), 50);
    },
    says: 'the transfer broke off',
    code: 'ERR_TSBUILD_SOURCE_NOT_FOUND',
  },
  {
    title: 'a body without an end',
    answer: (response) => {
      const more = () => {
        while (!response.destroyed && response.write(Buffer.alloc(64 * 1024)));
      };
      response.on('drain', more);
      more();
    },
    says: 'is larger than 1048576 bytes',
    code: 'ERR_TSBUILD_TOO_LARGE',
  },
  {
    title: 'a server that never answers',
    answer: () => {},
    says: 'the server sent nothing for 0.5 s',
    code: 'ERR_TSBUILD_SOURCE_NOT_FOUND',
  },
  {
    title: 'a server that falls silent',
    answer: (response) => response.write('some'),
    says: 'the server sent nothing for 0.5 s',
    code: 'ERR_TSBUILD_SOURCE_NOT_FOUND',
  },
  {
    title: 'other content than the checksum says',
    answer: (response) => response.end('something else'),
    says: `expected ${CHECKSUM}`,
    code: 'ERR_TSBUILD_DIGEST_MISMATCH',
  },
];

test.each(BAD_ANSWERS)('ADD of a URL: $title', async ({ answer, says, code }) => {
  await using folder = await openTempFolder();
  await using server = await startLoopbackServer((_, response) => answer(response));
  const dockerfile = `FROM scratch\nADD --checksum=${CHECKSUM} ${server.url('/file')} /\n`;

  const failed = failure(folder, { context: { files: {} }, dockerfile });

  await expect(failed).resolves.toMatchObject({ code, message: expect.stringContaining(says) });
  expect((await failed).message).toContain(server.url('/file'));
  expect((await failed).range?.start.line).toBe(2);
  expect(await leftovers(folder)).toEqual([]);
});

test.each(BAD_ANSWERS.slice(0, -1))('a context from the web: $title', async ({ answer, says, code }) => {
  await using folder = await openTempFolder();
  await using server = await startLoopbackServer((_, response) => answer(response));

  const failed = failure(folder, { context: server.url('/file') });

  await expect(failed).resolves.toMatchObject({ code, message: expect.stringContaining(says) });
  expect(await leftovers(folder)).toEqual([]);
});

test('an unchanged file is not sent twice, and with its checksum known not asked for', async () => {
  await using folder = await openTempFolder();
  const statuses: number[] = [];
  await using server = await startLoopbackServer((request, response) => {
    const status = request.headers['if-none-match'] === '"v1"' ? 304 : 200;
    statuses.push(status);
    response.writeHead(status, { etag: '"v1"', 'last-modified': 'Tue, 02 Jan 2024 03:04:05 GMT' });
    response.end(status === 304 ? undefined : CONTENT);
  });
  await using builder = await createBuilder({ root: folder.file('store') });
  const add = (flags: string) => ({
    context: { files: {} },
    dockerfile: `FROM scratch\nADD ${flags}${server.url('/a/file.txt')} /\n`,
  });

  const first = await builder.build(add(''));
  const second = await builder.build(add(''));
  await builder.build(add(`--checksum=${CHECKSUM} `));

  expect(statuses).toEqual([200, 304]);
  expect(second.image.id).toBe(first.image.id);
  const tree = await first.image.tree();
  expect(tree.lookup('file.txt')).toMatchObject({ mode: 0o600, mtime: 1_704_164_645 });
  expect((await tree.read('file.txt')).toString()).toBe(CONTENT);
});

test('a redirect is followed, and a credential goes to no other host', async () => {
  await using folder = await openTempFolder();
  const seen: (string | undefined)[] = [];
  await using other = await startLoopbackServer((request, response) => {
    seen.push(request.headers.authorization);
    response.end(CONTENT);
  });
  await using server = await startLoopbackServer((request, response) => {
    seen.push(request.headers.authorization);
    response.writeHead(307, { location: other.url('/elsewhere') }).end();
  });
  await using builder = await createBuilder({ root: folder.file('store') });

  const { image } = await builder.build({
    context: { files: {} },
    dockerfile: `FROM scratch\nADD ${server.url('/file')} /\n`,
    secrets: { [`HTTP_AUTH_TOKEN_${server.host}`]: { value: 's3cret' } },
  });

  expect((await (await image.tree()).read('file')).toString()).toBe(CONTENT);
  expect(seen).toEqual(['Bearer s3cret', undefined]);
});

test('the command takes archives and Dockerfiles from the web and from standard input', async () => {
  await using folder = await openTempFolder();
  const archive = await contextArchive(folder);
  await using server = await serveFiles({
    '/context.tar.gz': gzipSync(archive),
    '/context.tar': archive,
    '/Other': Buffer.from('FROM scratch\nCOPY sub/a.txt /other\n'),
    '/alone': Buffer.from('FROM scratch\nLABEL from=web\n'),
  });
  const build = async (...args: readonly string[]) => {
    const { stdout } = await mustTsbuild(folder.file('store'), ['build', '-q', '--source-date-epoch', '0', ...args]);
    return stdout.trim();
  };

  const fromFolder = await build(folder.file('context'));
  expect(await build(server.url('/context.tar.gz'))).toBe(fromFolder);
  expect(await build(server.url('/context.tar'))).toBe(fromFolder);
  expect(await build('-f', 'sub/Dockerfile', server.url('/context.tar'))).not.toBe(fromFolder);
  expect(await build('-f', server.url('/Other'), folder.file('context'))).not.toBe(fromFolder);
  expect(await build(server.url('/alone'))).toMatch(/^sha256:/);
  for (const compress of ['cat', 'gzip', 'xz', 'bzip2', 'zstd']) {
    const command = `tar -C ${folder.file('context')} -cf - . | ${compress} | "$@"`;
    const cli = [process.execPath, 'packages/cli/bin/tsbuild.js', 'build', '-q', '--source-date-epoch', '0', '-'];
    const id = await mustRun(['sh', '-c', command, 'sh', ...cli], { env: { TSBUILD_ROOT: folder.file('store') } });
    expect([compress, id.trim()]).toEqual([compress, fromFolder]);
  }
  expect(await leftovers(folder)).toEqual([]);
});

async function contextArchive(folder: TempFolder): Promise<Buffer> {
  const script = `mkdir -p sub
    printf 'FROM scratch\\nCOPY sub/a.txt /\\n' > Dockerfile
    printf 'FROM scratch\\nCOPY sub/a.txt /sub\\n' > sub/Dockerfile
    printf a > sub/a.txt
    chmod 644 Dockerfile sub/*
    tar -cf ../context.tar .`;
  await mustRun(['sh', '-ec', `mkdir ${folder.file('context')}; cd ${folder.file('context')}; ${script}`]);
  return readFile(folder.file('context.tar'));
}

function serveFiles(files: Readonly<Record<string, Buffer>>): Promise<LoopbackServer> {
  return startLoopbackServer((request, response) => {
    const content = files[request.url ?? ''];
    response.writeHead(content === undefined ? 404 : 200).end(content);
  });
}

interface Failure {
  readonly code: string;
  readonly message: string;
  readonly range?: { readonly start: { readonly line: number } };
}

async function failure(folder: TempFolder, options: BuildOptions): Promise<Failure> {
  const downloads = { maxBytes: 1024 * 1024, idleTimeoutMs: 500 };
  await using builder = await createBuilder({ root: folder.file('store'), downloads });
  return builder.build(options).then(
    () => {
      throw new Error('expected the build to fail');
    },
    (error) => error,
  );
}

/** What builds that have ended left in the store besides its own files. */
async function leftovers(folder: TempFolder): Promise<string[]> {
  const blobs = await readdir(folder.file('store', 'tmp'), { recursive: true, withFileTypes: true });
  return blobs.filter((entry) => entry.isFile()).map(({ name }) => name);
}

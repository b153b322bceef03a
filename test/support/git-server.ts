import { spawn } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { dirname } from 'node:path';
import { mustRun } from './command.ts';
import { type LoopbackServer, startLoopbackServer } from './loopback-server.ts';

const BACKEND = '/usr/lib/git-core/git-http-backend';
/** Part that these tests need. */
export const GIT_PARTS = ['git', BACKEND] as const;

export interface GitServer extends LoopbackServer {
  /** Headers of the requests so far that asked for a credential to be checked. */
  readonly authorizations: readonly (string | undefined)[];
}

/** Serves the bare repositories below `folder` with git's own http-backend. With `password` only to who knows it. */
export async function startGitServer(folder: string, password?: string): Promise<GitServer> {
  const authorizations: (string | undefined)[] = [];
  const server = await startLoopbackServer((request, response) => {
    authorizations.push(request.headers.authorization);
    if (password !== undefined && request.headers.authorization !== password) {
      response.writeHead(401, { 'www-authenticate': 'Basic realm="git"' }).end();
      return;
    }
    runBackend(folder, request, response);
  });
  return { ...server, authorizations };
}

/** @see https://git-scm.com/docs/git-http-backend */
function runBackend(folder: string, request: IncomingMessage, response: ServerResponse): void {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
  const child = spawn(BACKEND, {
    env: {
      ...process.env,
      GIT_PROJECT_ROOT: folder,
      GIT_HTTP_EXPORT_ALL: '1',
      PATH_INFO: pathname,
      QUERY_STRING: searchParams.toString(),
      REQUEST_METHOD: request.method ?? 'GET',
      CONTENT_TYPE: request.headers['content-type'] ?? '',
      HTTP_CONTENT_ENCODING: request.headers['content-encoding'] ?? '',
      GIT_PROTOCOL: String(request.headers['git-protocol'] ?? ''),
    },
  });
  request.pipe(child.stdin);
  child.stdin.on('error', () => {});
  const output: Buffer[] = [];
  child.stdout.on('data', (bytes: Buffer) => output.push(bytes));
  child.on('close', () => answer(Buffer.concat(output), response));
}

function answer(output: Buffer, response: ServerResponse): void {
  const end = output.indexOf('\r\n\r\n');
  const headers = output
    .toString('latin1', 0, end)
    .split('\r\n')
    .map((line) => line.split(/: */, 2));
  const status = headers.find(([name]) => name?.toLowerCase() === 'status')?.[1];
  response.statusCode = Number.parseInt(status ?? '200', 10);
  for (const [name = '', value = ''] of headers) if (name.toLowerCase() !== 'status') response.setHeader(name, value);
  response.end(output.subarray(end + 4));
}

/** A bare repository with one commit on `main`, made of `files`; further steps run in its checkout. */
export async function makeRepository(
  bare: string,
  files: Readonly<Record<string, string>>,
  ...steps: readonly string[]
): Promise<string> {
  const work = `${bare}.work`;
  await mkdir(work, { recursive: true });
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(`${work}/${path}`), { recursive: true });
    await writeFile(`${work}/${path}`, content);
  }
  const script = ['git init -q -b main', ...steps, 'git add -A', 'git commit -q --allow-empty -m one'];
  await mustRun(['sh', '-ec', script.join('\n')], { cwd: work, env: IDENTITY });
  await mustRun(['git', 'clone', '-q', '--bare', work, bare]);
  return (await mustRun(['git', '-C', bare, 'rev-parse', 'main'])).trim();
}

const IDENTITY = {
  GIT_AUTHOR_NAME: 'a',
  GIT_AUTHOR_EMAIL: 'a@example.com',
  GIT_AUTHOR_DATE: '2024-01-02T03:04:05Z',
  GIT_COMMITTER_NAME: 'a',
  GIT_COMMITTER_EMAIL: 'a@example.com',
  GIT_COMMITTER_DATE: '2024-01-02T03:04:05Z',
  GIT_CONFIG_NOSYSTEM: '1',
} as const;

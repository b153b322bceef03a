import { execFile } from 'node:child_process';
import { relative } from 'node:path';
import { publicUrl } from '../public-url.ts';

const TIMEOUT_MS = 20_000;
const MAX_OUTPUT = 16 * 1024 * 1024;

/**
 * What git says of a folder, under buildx's names: the commit, with `-dirty` when files differ from it, and where it was
 * cloned from. Undefined where there is no repository, or no git. Nothing that the repository configures is run.
 */
export async function folderVcs(
  folder: string,
  signal: AbortSignal | undefined,
): Promise<Readonly<Record<string, string>> | undefined> {
  const git = (...args: string[]) => runGit(folder, args, signal);
  const [revision, root] = ((await git('rev-parse', 'HEAD', '--show-toplevel')) ?? '').split('\n');
  if (!revision || !root) return undefined;
  const [status, remotes] = await Promise.all([
    git('status', '--porcelain', '--untracked-files=normal'),
    git('config', '--get-regexp', '^remote\\..*\\.url$'),
  ]);
  const source = remoteOf(remotes ?? '');
  return {
    'localdir:context': relative(root, folder) || '.',
    revision: status === '' ? revision : `${revision}-dirty`,
    ...(source === undefined ? {} : { source: publicUrl(source) }),
  };
}

/** `origin`, or the only one that there is. */
function remoteOf(lines: string): string | undefined {
  const remotes = [...lines.matchAll(/^remote\.(.*)\.url (.+)$/gm)].map(([, name, url]) => ({ name, url }));
  return (remotes.find(({ name }) => name === 'origin') ?? (remotes.length === 1 ? remotes[0] : undefined))?.url;
}

function runGit(folder: string, args: readonly string[], signal: AbortSignal | undefined): Promise<string | undefined> {
  const safe = ['-C', folder, '-c', 'core.fsmonitor=false', '-c', 'core.hooksPath=/dev/null'];
  const options = {
    signal,
    timeout: TIMEOUT_MS,
    maxBuffer: MAX_OUTPUT,
    env: { ...process.env, GIT_OPTIONAL_LOCKS: '0', GIT_TERMINAL_PROMPT: '0' },
  };
  return new Promise((resolve, reject) => {
    execFile('git', [...safe, ...args], options, (error, stdout) => {
      if (signal?.aborted === true) reject(signal.reason);
      else resolve(error === null ? stdout.trim() : undefined);
    });
  });
}

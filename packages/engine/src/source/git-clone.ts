import { execFile } from 'node:child_process';
import { lstat, mkdir, realpath, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { redactCredentials, SolveError, systemErrorCode } from '@tsbuild/core';
import type { FetchedSources } from '../attest/fetched-sources.ts';
import type { DownloadLimits } from '../options.ts';
import type { OnwardGuard } from '../policy/source-guard.ts';
import type { SolveContext } from '../solve/solve-context.ts';
import { gitEnvironment } from './git-environment.ts';
import { type Git, updateSubmodules } from './git-submodules.ts';
import { type GitUrl, gitUrlText } from './git-url.ts';

/** A commit in a folder of its own. */
export interface GitCheckout {
  /** The repository, or the folder in it that was asked for. */
  readonly folder: string;
  readonly commit: string;
  /** Seconds since 1970. */
  readonly commitTime: number;
}

export interface GitCloneOptions {
  /** An existing folder that the caller removes. */
  readonly into: string;
  /** Keep `.git` (`--keep-git-dir`). */
  readonly keepGitDir: boolean;
  /** `GIT_AUTH_TOKEN` and its kin. */
  readonly secrets: SolveContext['secrets'];
  readonly downloads: DownloadLimits;
  readonly signal: AbortSignal | undefined;
  readonly fetched?: FetchedSources | undefined;
  readonly guard?: OnwardGuard | undefined;
}

/** Files get the modes of a fresh clone whatever the caller's umask is, and nothing asks for a password. */
const SHELL = ['-c', 'umask 022; exec git "$@"', 'git'];
const MAX_OUTPUT = 1024 * 1024;

/**
 * Fetches one commit, without its history, and its submodules.
 * @throws {SolveError} naming the repository and what git said
 */
export async function cloneGit(url: GitUrl, options: GitCloneOptions): Promise<GitCheckout> {
  const { into, keepGitDir, signal } = options;
  const work = join(into, 'checkout');
  await mkdir(work);
  const env = await gitEnvironment(url, options);
  const git = (...args: string[]) => runGit(url, ['-C', work, ...args], env, signal);
  await git('init', '--quiet');
  await git('remote', 'add', '--', 'origin', url.remote);
  await fetchRef(url, git);
  await git('-c', 'advice.detachedHead=false', 'checkout', '--quiet', 'FETCH_HEAD');
  const [commit = '', time = '0'] = (await git('log', '-1', '--format=%H %ct')).trim().split(' ');
  if (url.commit !== undefined && !commit.startsWith(url.commit.toLowerCase())) throw otherCommit(url, commit);
  options.fetched?.add({ kind: 'git', url: gitUrlText(url), commit });
  await updateSubmodules(work, git, options);
  if (!keepGitDir) await rm(join(work, '.git'), { recursive: true, force: true });
  return { folder: await subfolder(work, url), commit, commitTime: Number(time) };
}

/** A branch, tag or commit alone; a server that hands out no single commits gives everything. */
async function fetchRef({ remote, ref, commit }: GitUrl, git: Git): Promise<void> {
  const wanted = ref ?? (commit !== undefined && commit.length === 40 ? commit : 'HEAD');
  try {
    await git('fetch', '--quiet', '--depth=1', '--no-tags', 'origin', wanted);
  } catch (error) {
    if (!/^[0-9a-f]{7,40}$/.test(wanted)) throw error;
    await git('fetch', '--quiet', '--tags', 'origin', '+refs/heads/*:refs/remotes/origin/*');
    await git('update-ref', 'FETCH_HEAD', `${wanted}^{commit}`).catch((cause) => {
      if (wanted === commit) throw otherCommit({ remote, commit }, 'a repository without it');
      throw cause;
    });
  }
}

async function subfolder(work: string, { subdir, remote }: GitUrl): Promise<string> {
  if (subdir === undefined) return work;
  const folder = join(work, subdir);
  const found = await lstat(folder).catch(() => undefined);
  const isInside = found?.isDirectory() === true && (await realpath(folder)).startsWith(`${await realpath(work)}/`);
  if (!isInside)
    throw new SolveError('ERR_TSBUILD_SOURCE_NOT_FOUND', `folder ${JSON.stringify(subdir)} not found in ${remote}`);
  return folder;
}

function runGit(
  url: GitUrl,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  signal: AbortSignal | undefined,
): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile('/bin/sh', [...SHELL, ...args], { env, maxBuffer: MAX_OUTPUT, signal }, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else if (signal?.aborted === true) reject(signal.reason);
      else reject(gitFailed(url, stderr, error));
    });
  });
}

function gitFailed({ remote, ref }: GitUrl, stderr: string, cause: Error): SolveError {
  const isMissing = systemErrorCode(cause) === 'ENOENT' || /exec: git: not found/.test(stderr);
  const said = isMissing ? 'git is not installed' : (stderr.trim().split('\n').at(-1) ?? 'git failed');
  const name = ref === undefined ? remote : `${remote}#${ref}`;
  return new SolveError('ERR_TSBUILD_SOURCE_NOT_FOUND', redactCredentials(`cannot fetch ${name}: ${said}`), { cause });
}

function otherCommit({ remote, commit }: GitUrl, actual: string): SolveError {
  return new SolveError(
    'ERR_TSBUILD_DIGEST_MISMATCH',
    `${redactCredentials(remote)}: expected commit ${commit}, got ${actual} (checksum mismatch)`,
  );
}

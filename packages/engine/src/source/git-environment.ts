import type { GitCloneOptions } from './git-clone.ts';
import type { GitUrl } from './git-url.ts';
import { gitAuthorization } from './remote-secrets.ts';

const IDLE_TIMEOUT_MS = 60_000;

/**
 * The environment of git: no questions, no dead servers waited for, and credentials for the repository's own host only.
 * They go through the environment because every process of the machine may read command lines.
 */
export async function gitEnvironment(
  { remote }: GitUrl,
  { secrets, downloads, guard }: Pick<GitCloneOptions, 'secrets' | 'downloads' | 'guard'>,
): Promise<NodeJS.ProcessEnv> {
  const { idleTimeoutMs = IDLE_TIMEOUT_MS } = downloads;
  const config: [string, string][] = [
    ['http.lowSpeedLimit', '1'],
    ['http.lowSpeedTime', String(Math.max(1, Math.ceil(idleTimeoutMs / 1000)))],
  ];
  // Where a server sends on to, git does not ask for.
  if (guard !== undefined) config.push(['http.followRedirects', 'false']);
  const site = /^https?:\/\//.test(remote) ? new URL(remote) : undefined;
  const header = site === undefined ? undefined : await gitAuthorization(secrets, site.host);
  if (site !== undefined && header !== undefined)
    config.push([`http.${site.protocol}//${site.host}/.extraHeader`, `Authorization: ${header}`]);
  return {
    ...process.env,
    GIT_TERMINAL_PROMPT: '0',
    GIT_CONFIG_NOSYSTEM: '1',
    LC_ALL: 'C',
    GIT_CONFIG_COUNT: String(config.length),
    ...Object.fromEntries(
      config.flatMap(([key, value], at) => [
        [`GIT_CONFIG_KEY_${at}`, key],
        [`GIT_CONFIG_VALUE_${at}`, value],
      ]),
    ),
  };
}

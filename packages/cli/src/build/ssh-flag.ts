import { UsageError } from '@tsbuild/core';
import type { Environment } from './key-values.ts';

/**
 * `--ssh default|ID[=SOCKET|KEY[,KEY]]`; without a path it is the socket of `SSH_AUTH_SOCK`.
 * @throws {UsageError}
 */
export function readSsh(values: readonly string[], env: Environment): Record<string, readonly string[]> {
  return Object.fromEntries(
    values.map((text) => {
      const at = text.indexOf('=');
      const id = at === -1 ? text : text.slice(0, at);
      const path = at === -1 ? env.SSH_AUTH_SOCK : text.slice(at + 1);
      if (id === '' || path === '')
        throw new UsageError(`malformed value of --ssh: ${text}`, {
          hint: 'expected default, ID, ID=SOCKET or ID=KEY',
        });
      if (path === undefined)
        throw new UsageError(`no ssh agent for --ssh ${text}: SSH_AUTH_SOCK is not set`, {
          hint: 'start one: eval "$(ssh-agent)"; ssh-add',
        });
      return [id, at === -1 ? [path] : path.split(',')];
    }),
  );
}

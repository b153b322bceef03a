import { UsageError } from '@tsbuild/core';
import type { Environment } from './key-values.ts';

/**
 * `--ssh default|ID[=SOCKET]`; without a socket it is that of `SSH_AUTH_SOCK`.
 * @throws {UsageError}
 */
export function readSsh(values: readonly string[], env: Environment): Record<string, string> {
  return Object.fromEntries(
    values.map((text) => {
      const at = text.indexOf('=');
      const id = at === -1 ? text : text.slice(0, at);
      const socket = at === -1 ? env.SSH_AUTH_SOCK : text.slice(at + 1);
      if (id === '' || socket === '')
        throw new UsageError(`malformed value of --ssh: ${text}`, { hint: 'expected default, ID or ID=SOCKET' });
      if (socket === undefined)
        throw new UsageError(`no ssh agent for --ssh ${text}: SSH_AUTH_SOCK is not set`, {
          hint: 'start one: eval "$(ssh-agent)"; ssh-add',
        });
      if (socket.includes(','))
        throw new UsageError(`--ssh ${text} names key files`, {
          hint: 'load the keys into an agent with ssh-add and give its socket',
        });
      return [id, socket];
    }),
  );
}

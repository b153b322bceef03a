import { UsageError } from '@tsbuild/core';
import type { Command } from '../command.ts';
import type { Flag } from '../flags/flag.ts';

const FLAGS = [] as const satisfies readonly Flag[];

export const logoutCommand = {
  usage: '[SERVER]',
  summary: 'Forget the login to a registry, Docker Hub without SERVER',
  flags: FLAGS,
  async run({ positionals, surroundings, signal }) {
    const [server, ...more] = positionals;
    if (more.length > 0) throw new UsageError('tsbuild logout takes at most one argument, SERVER');
    const { logout } = await import('@tsbuild/engine');
    const { registry, wasKept } = await logout({ server, env: surroundings.env, signal });
    const name = registry === 'docker.io' ? 'https://index.docker.io/v1/' : registry;
    return { exitCode: 0, stdout: `${wasKept ? 'Removing login credentials for' : 'Not logged in to'} ${name}\n` };
  },
} satisfies Command<never>;

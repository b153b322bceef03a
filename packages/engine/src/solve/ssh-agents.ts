import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { SolveError } from '@tsbuild/core';
import type { BuildOptions } from '../options.ts';
import type { Owner } from '../owner.ts';

/** The agents that a build may ask. */
export interface SshAgents {
  /** The socket of the agent that was given for `id`, or of one of ours, which has the keys that were. */
  socket(id: string): Promise<string | undefined>;
}

/** Agents of ours start when something first asks for them, and end with `owner`. */
export function createSshAgents(given: NonNullable<BuildOptions['ssh']>, owner: Owner): SshAgents {
  const sockets = new Map<string, Promise<string>>();
  return {
    async socket(id) {
      const paths = given[id];
      if (paths === undefined) return undefined;
      const known = sockets.get(id) ?? open(id, typeof paths === 'string' ? [paths] : paths, owner);
      sockets.set(id, known);
      return known;
    },
  };
}

async function open(id: string, paths: readonly string[], owner: Owner): Promise<string> {
  const resolved = paths.map((path) => resolve(path));
  const [[path = ''], [only = '']] = [paths, resolved];
  if (paths.length === 1 && (await isSocket(id, path))) return only;
  const { startKeyAgent } = await import('./key-agent.ts');
  return owner.use(await startKeyAgent(id, resolved)).socket;
}

async function isSocket(id: string, path: string): Promise<boolean> {
  const found = await stat(path).catch((cause: unknown) => {
    throw new SolveError('ERR_TSBUILD_NOT_FOUND', `no ssh agent listens at --ssh ${id}=${path}: not found`, {
      cause,
      hint: 'start one: eval "$(ssh-agent)"; ssh-add',
    });
  });
  return found.isSocket();
}

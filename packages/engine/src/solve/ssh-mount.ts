import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { SolveError, UsageError } from '@tsbuild/core';
import { noFiles } from '../cache/file-facts.ts';
import type { MountSpec } from '../graph.ts';
import type { PreparedMount } from './exec-mounts.ts';
import { notGiven } from './not-given.ts';
import type { SolveContext } from './solve-context.ts';

type SshSpec = Extract<MountSpec, { type: 'ssh' }>;

const DEFAULT_TARGET = '/run/buildkit/ssh_agent.0';

/** The socket of an agent, which the command finds by `SSH_AUTH_SOCK`. */
export async function prepareSsh(mount: SshSpec, context: SolveContext): Promise<PreparedMount> {
  const { id, required, target = DEFAULT_TARGET, mode, uid, gid } = mount;
  return {
    key: { type: 'ssh', id, target, mode, uid, gid },
    files: noFiles,
    name: '',
    async open() {
      const path = context.ssh[id];
      if (path === undefined && required) throw notGiven('ssh agent', id, '--ssh default');
      if (path === undefined) return { mounts: [] };
      await requireAgent(id, path);
      const socket = resolve(path);
      return { mounts: [{ kind: 'ssh', target, socket, mode, uid, gid }], env: { SSH_AUTH_SOCK: target } };
    },
  };
}

/** Else the command would find a socket behind which nobody is. */
async function requireAgent(id: string, path: string): Promise<void> {
  const found = await stat(path).catch((cause: unknown) => {
    throw new SolveError('ERR_TSBUILD_NOT_FOUND', `no ssh agent listens at --ssh ${id}=${path}: not found`, {
      cause,
      hint: 'start one: eval "$(ssh-agent)"; ssh-add',
    });
  });
  if (found.isSocket()) return;
  throw new UsageError(`--ssh ${id}=${path} is not the socket of an agent`, {
    hint: 'load keys into an agent with ssh-add and give its socket',
  });
}

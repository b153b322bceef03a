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
      const socket = await context.ssh.socket(id);
      if (socket === undefined && required) throw notGiven('ssh agent', id, '--ssh default');
      if (socket === undefined) return { mounts: [] };
      return { mounts: [{ kind: 'ssh', target, socket, mode, uid, gid }], env: { SSH_AUTH_SOCK: target } };
    },
  };
}

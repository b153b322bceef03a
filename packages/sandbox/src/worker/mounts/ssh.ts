import { chmodSync, closeSync, openSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { basename, dirname } from 'node:path';
import type { ExecMount } from '@tsbuild/core';
import { MS_NOEXEC, MS_NOSUID, O_PATH } from '../../linux/flags.ts';
import type { RunPlace } from '../run-place.ts';
import { bindAside } from './bind.ts';
import { giveTo } from './owner.ts';
import type { StagedMount } from './stage.ts';

/** A socket of our own before the agent's, so that it can have the owner and mode that the step asks for. */
export async function stageSsh(
  { socket, target, mode, uid, gid }: Extract<ExecMount, { kind: 'ssh' }>,
  place: RunPlace,
): Promise<StagedMount> {
  const path = place.newName();
  const agent = await serve(path, socket);
  try {
    giveTo({ uid, gid }, path, target);
    chmodSync(path, mode);
    return { ...bindAside(path, place, { isDirectory: false, flags: MS_NOSUID | MS_NOEXEC }), close: agent.close };
  } catch (error) {
    agent.close();
    throw error;
  }
}

/** The kernel takes no more than 107 bytes for the address of a socket, so it gets a short one. */
async function serve(path: string, agent: string): Promise<{ readonly close: () => void }> {
  const folder = openSync(dirname(path), O_PATH);
  try {
    const server = await listen(`/proc/self/fd/${folder}/${basename(path)}`, agent);
    const close = () => {
      server.close(); // which removes the socket by the name that it was given
      closeSync(folder);
    };
    return { close };
  } catch (error) {
    closeSync(folder);
    throw error;
  }
}

function listen(path: string, agent: string): Promise<Server> {
  const server = createServer((client) => {
    const upstream = connect(agent);
    client.pipe(upstream).pipe(client);
    client.on('error', () => upstream.destroy());
    upstream.on('error', () => client.destroy());
    client.on('close', () => upstream.destroy());
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, () => resolve(server));
  });
}

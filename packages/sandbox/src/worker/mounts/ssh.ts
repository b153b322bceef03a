import { chmodSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import type { ExecMount } from '@tsbuild/core';
import { MS_NOEXEC, MS_NOSUID } from '../../linux/flags.ts';
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
  const server = await listen(path, socket);
  try {
    giveTo({ uid, gid }, path, target);
    chmodSync(path, mode);
    const staged = bindAside(path, place, { isDirectory: false, flags: MS_NOSUID | MS_NOEXEC });
    return { ...staged, close: () => server.close() };
  } catch (error) {
    server.close();
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

import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { SolveError } from '@tsbuild/core';

export interface KeyAgent extends AsyncDisposable {
  readonly socket: string;
}

/** Adds each key, whatever the mode of its file, says so, and stays until its input ends: with this process at the latest. */
const SCRIPT =
  'trap \'kill "$SSH_AGENT_PID"\' EXIT; for key; do ssh-add -q - < "$key" >&2 || exit 1; done; echo ready; cat > /dev/null';

/** Nobody is asked for a passphrase: there may be no terminal, and where there is one it shows progress. */
const NEVER_ASK = { SSH_ASKPASS: 'false', SSH_ASKPASS_REQUIRE: 'force' };

/** OpenSSH's agent, which reads every kind of key, with those in `files`. @throws {SolveError} when it does not take one */
export async function startKeyAgent(id: string, files: readonly string[]): Promise<KeyAgent> {
  const folder = await mkdtemp(join(tmpdir(), 'tsbuild-ssh-')); // the path of a socket must be short
  const socket = join(folder, 'agent');
  const agent = spawn('ssh-agent', ['-a', socket, 'sh', '-c', SCRIPT, 'sh', ...files], {
    env: { ...process.env, ...NEVER_ASK },
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true, // keys of a terminal are not for it
  });
  const ended = once(agent, 'close');
  const end = async () => {
    agent.stdin.end();
    await ended.catch(() => undefined);
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await ready(agent, ended);
    return { socket, [Symbol.asyncDispose]: end };
  } catch (error) {
    await end();
    throw notLoaded(id, files, error);
  }
}

async function ready(
  { stdin, stdout, stderr }: ChildProcessByStdio<Writable, Readable, Readable>,
  ended: Promise<unknown>,
): Promise<void> {
  stdin.on('error', () => undefined); // that of its end is told by what it said
  const said = text(stderr);
  const answered = once(stdout, 'data').then(() => true);
  const isReady = await Promise.race([answered, ended.then(() => false)]);
  if (!isReady) throw new Error((await said).trim());
}

function notLoaded(id: string, files: readonly string[], cause: unknown): SolveError {
  const isMissing = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
  const reason = isMissing ? 'ssh-agent is not installed' : cause instanceof Error ? cause.message : String(cause);
  return new SolveError('ERR_TSBUILD_USAGE', `--ssh ${id}=${files.join(',')} cannot be used: ${reason}`, {
    cause,
    hint: isMissing
      ? 'install OpenSSH, or give the socket of an agent'
      : 'give a private key without a passphrase, or the socket of an agent that has it',
  });
}

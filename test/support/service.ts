import { type ChildProcess, spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 15_000;

/** A program that runs until it is disposed. */
export interface Service extends AsyncDisposable {
  readonly pid: number;
}

export interface ServiceOptions {
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Asked again and again until it says true. */
  readonly isReady: () => Promise<boolean>;
}

/** Starts a program and waits until it is ready. What it printed is in the error when it never is. */
export async function startService({ args, env, isReady }: ServiceOptions): Promise<Service> {
  const [command = '', ...rest] = args;
  const child = spawn(command, rest, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  const output: Buffer[] = [];
  child.stdout.on('data', (bytes: Buffer) => output.push(bytes));
  child.stderr.on('data', (bytes: Buffer) => output.push(bytes));
  const failed = new Promise<never>((_, reject) => {
    child.on('error', reject);
    child.on('exit', (code) => reject(new Error(`${command} ended with ${code}:\n${Buffer.concat(output)}`)));
  });
  failed.catch(() => {});
  try {
    await Promise.race([waitUntil(isReady, command), failed]);
  } catch (error) {
    await stop(child);
    throw error;
  }
  return { pid: child.pid ?? 0, [Symbol.asyncDispose]: () => stop(child) };
}

async function waitUntil(isReady: () => Promise<boolean>, what: string): Promise<void> {
  for (const end = Date.now() + START_TIMEOUT_MS; Date.now() < end; await sleep(50)) {
    if (await isReady().catch(() => false)) return;
  }
  throw new Error(`${what} was not ready after ${START_TIMEOUT_MS} ms`);
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
  await ended;
  clearTimeout(timer);
}

/** A TCP port of 127.0.0.1 that nobody listened on a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('a TCP server has an address and a port');
  return address.port;
}

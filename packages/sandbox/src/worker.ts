import { mkdirSync, readdirSync } from 'node:fs';
import { MS_NODEV, MS_NOEXEC, MS_NOSUID } from './linux/flags.ts';
import { closeOnExec, mount } from './linux/libc.ts';
import type { FromWorker, RunOrder, ToWorker, WorkerSettings } from './protocol.ts';
import { toWireError } from './wire-error.ts';
import { BuiltinRunner } from './worker/builtin-runner.ts';
import { OciRunner } from './worker/oci-runner.ts';
import { Run, type RunTools } from './worker/run.ts';
import type { Runner } from './worker/runner.ts';
import { selfTest } from './worker/self-test.ts';

/**
 * Entry of the sandbox worker: the first process of its own mount and pid namespaces. It mounts roots and starts
 * commands in them as its parent asks. When it ends, for whatever reason, the kernel kills every command and takes down
 * every mount.
 */

const runs = new Map<number, Run>();
let tools: Omit<RunTools, 'memory'> | undefined;
let memory = '';

process.on('disconnect', () => process.exit());
process.on('message', (message: ToWorker) => {
  switch (message.kind) {
    case 'setup':
      setUp(message.settings);
      break;
    case 'start':
      void start(message.order);
      break;
    case 'stop':
      runs.get(message.id)?.stop();
      break;
    case 'consumed':
      runs.get(message.id)?.consumed(message.bytes);
      break;
    default:
      message satisfies never;
  }
});

function setUp(settings: WorkerSettings): void {
  try {
    process.umask(0);
    for (const fd of readdirSync('/proc/self/fd').map(Number)) if (fd > 2) keepFromCommands(fd);
    memory = `${settings.folder}/memory`;
    mkdirSync(memory, 0o700);
    mount({ source: 'tmpfs', target: memory, type: 'tmpfs', flags: MS_NOSUID | MS_NODEV, data: 'mode=700' });
    const runner = createRunner(settings);
    tools = { runner, features: settings, send };
    selfTest({ ...tools, memory: `${memory}/self-test` }, settings.folder);
    send({ kind: 'ready' });
  } catch (error) {
    send({ kind: 'failed', error: toWireError(error) });
  }
}

function createRunner(settings: WorkerSettings): Runner {
  if (settings.runner === 'builtin') return new BuiltinRunner(settings);
  // The runtime looks up its container's processes, by their numbers here.
  mount({ source: 'proc', target: '/proc', type: 'proc', flags: MS_NOSUID | MS_NODEV | MS_NOEXEC });
  return new OciRunner(settings.runner, settings);
}

async function start(order: RunOrder): Promise<void> {
  const { id } = order;
  try {
    if (tools === undefined) throw new Error('the worker is not set up');
    const run = new Run(order, { ...tools, memory: `${memory}/${id}` });
    runs.set(id, run);
    const exitCode = await run.execute();
    send({ kind: 'ended', id, exitCode });
  } catch (error) {
    send({ kind: 'refused', id, error: toWireError(error) });
  } finally {
    runs.delete(id);
  }
}

function send(message: FromWorker): void {
  process.send?.(message);
}

/** Descriptors that this process inherited must not reach a command. */
function keepFromCommands(fd: number): void {
  try {
    closeOnExec(fd);
  } catch {
    // the descriptor was that of the folder being listed
  }
}

import { readdirSync } from 'node:fs';
import { closeOnExec, exitNow } from './linux/libc.ts';
import type { FromWorker, RunOrder, ToWorker, WorkerSettings } from './protocol.ts';
import { toWireError } from './wire-error.ts';
import { setUpChroot } from './worker/chroot/set-up-chroot.ts';
import { Run, type RunTools } from './worker/run.ts';
import { setUpNamespaces } from './worker/set-up-namespaces.ts';

/**
 * Entry of the sandbox worker: the first process of its own mount and pid namespaces. It mounts roots and starts
 * commands in them as its parent asks. When it ends, for whatever reason, the kernel kills every command and takes down
 * every mount.
 */

const runs = new Map<number, Run>();
/** Ends of runs, which leave nothing in the kernel. */
const underway = new Set<Promise<void>>();
/** How long they may take when nobody listens any more. */
const LAST_MS = 5000;
let tools: Omit<RunTools, 'send'> | undefined;

process.on('disconnect', () => {
  for (const run of runs.values()) run.stop(); // where no pid namespace ends them
  setTimeout(() => exitNow(0), LAST_MS);
  void Promise.all(underway).then(() => exitNow(0));
});
process.on('message', (message: ToWorker) => {
  switch (message.kind) {
    case 'setup':
      setUp(message.settings);
      break;
    case 'start':
      follow(start(message.order));
      break;
    case 'stop':
      runs.get(message.id)?.stop();
      break;
    case 'consumed':
      runs.get(message.id)?.consumed(message.bytes);
      break;
    case 'input':
      runs.get(message.id)?.input(message.bytes);
      break;
    case 'input-end':
      runs.get(message.id)?.endInput();
      break;
    case 'signal':
      runs.get(message.id)?.signal(message.signal);
      break;
    case 'resize':
      runs.get(message.id)?.resize(message.size);
      break;
    default:
      message satisfies never;
  }
});

function setUp(settings: WorkerSettings): void {
  try {
    process.umask(0);
    for (const fd of readdirSync('/proc/self/fd').map(Number)) if (fd > 2) keepFromCommands(fd);
    tools = settings.hasNamespaces ? setUpNamespaces(settings) : setUpChroot(settings);
    send({ kind: 'ready' });
    tools.rest?.();
  } catch (error) {
    send({ kind: 'failed', error: toWireError(error) });
  }
}

async function start(order: RunOrder): Promise<void> {
  if (tools === undefined) throw new Error('the worker is not set up');
  const { id } = order;
  const run = new Run(order, { ...tools, send });
  runs.set(id, run);
  try {
    send({ kind: 'ended', id, ...(await run.execute()) });
  } catch (error) {
    send({ kind: 'refused', id, error: toWireError(error) });
  } finally {
    runs.delete(id);
    run.clear(); // while others look at what it wrote
    tools.rest?.();
  }
}

function follow(run: Promise<void>): void {
  const followed = run.finally(() => underway.delete(followed));
  underway.add(followed);
}

function send(message: FromWorker): void {
  // A parent that is gone is told by `disconnect`; the error of a message that it misses would end us before that.
  if (process.connected) process.send?.(message, undefined, undefined, () => undefined);
}

/** Descriptors that this process inherited must not reach a command. */
function keepFromCommands(fd: number): void {
  try {
    closeOnExec(fd);
  } catch {
    // the descriptor was that of the folder being listed
  }
}

import { createReadStream, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { digestOf } from '@tsbuild/core';
import { createSandbox } from '@tsbuild/sandbox';

/** Runs commands in one kind of sandbox and prints what came of them. Plain JavaScript: it runs on its own, as any user. */
const { folder, scratch, diffId, tier, runner, commands, options = {} } = JSON.parse(process.argv[2]);

const sandbox = await createSandbox({ snapshots: join(scratch, 'snapshots'), scratch, tier, runner, ...options });
const outcomes = [];
for (const command of commands) outcomes.push(await outcomeOf(command));
await sandbox[Symbol.asyncDispose]();
process.stdout.write(JSON.stringify(outcomes));

async function outcomeOf({ args, process = {}, mounts = [], timeoutMs, input, terminal, hasOneOutput, ending }) {
  const abort = new AbortController();
  let output = '';
  const parts = [];
  const createIngest = async () => ({
    write: (bytes) => void parts.push(Buffer.from(bytes)),
    commit: async () => ({ digest: digestOf(Buffer.concat(parts)), size: Buffer.concat(parts).length }),
    [Symbol.asyncDispose]: async () => undefined,
  });
  const request = {
    rootfs: [{ diffId, read: (reader) => reader(createReadStream(join(folder, 'base.tar')), false) }],
    process: { args, env: { PATH: '/bin', X: '1 2' }, cwd: '/', user: '', network: 'host', ...process },
    mounts: mounts.map((mount) => (mount.data === undefined ? mount : { ...mount, data: Buffer.from(mount.data) })),
    onOutput: (_, bytes) => {
      output += Buffer.from(bytes).toString();
      if (ending?.isAbort) abort.abort(new Error('enough'));
    },
    createIngest,
    timeoutMs,
    signal: abort.signal,
    terminal,
    hasOneOutput,
    ...(input === undefined ? {} : { stdin: textOf(input) }),
  };
  try {
    const { exitCode, layer } = await sandbox.run(request);
    return { exitCode, output: ending === undefined ? output : left(ending), size: layer?.size };
  } catch (error) {
    return { refusal: ending === undefined ? error.message : `${error.message}: ${left(ending)}` };
  }
}

async function* textOf(text) {
  yield Buffer.from(text);
}

/**
 * What there is of a command right after its end: processes with its mark in their arguments, or in the name that a zombie
 * has still. In the tier `chroot` zombies are those of the surrounding container.
 */
function left({ mark }) {
  const files = tier === 'chroot' ? ['cmdline'] : ['cmdline', 'comm'];
  const alive = files.flatMap((name) => processFiles(name).filter((text) => text.includes(mark)));
  return `${alive.length} processes`;
}

function processFiles(name) {
  return readdirSync('/proc').flatMap((pid) => {
    try {
      return /^\d+$/.test(pid) && Number(pid) !== process.pid ? [readFileSync(`/proc/${pid}/${name}`, 'utf8')] : [];
    } catch {
      return []; // it has ended
    }
  });
}

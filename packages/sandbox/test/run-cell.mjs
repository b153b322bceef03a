import { once } from 'node:events';
import { createReadStream, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { digestOf } from '@tsbuild/core';
import { createSandbox } from '@tsbuild/sandbox';

/** Runs commands in one kind of sandbox and prints what came of them. Plain JavaScript: it runs on its own, as any user. */
const { folder, scratch, diffId, tier, runner, commands, options = {} } = JSON.parse(process.argv[2]);

const mark = `x${String(process.pid).padStart(7, '0')}`; // the kernel keeps 15 characters of a name
const places = {
  cache: join(scratch, 'cache'),
  shared: join(scratch, 'shared'),
  socket: join(scratch, 'socket'),
  mark,
};
for (const path of [places.cache, places.shared]) mkdirSync(path);
const servers = [await greetAt(places.socket), await greetAt({ host: '127.0.0.1', port: 0 })];
const { port } = servers[1].address();

// As deep as a home may lie: addresses of sockets have an end.
const deep = join(scratch, 'in-the-home-of-somebody-with-a-long-name/in-a-folder-of-folders/.local/share');
const order = { snapshots: join(scratch, 'snapshots'), scratch: deep, tier, runner, ...options };
const sandbox = await createSandbox(order).catch((error) => ({
  run: () => Promise.reject(error),
  [Symbol.asyncDispose]: async () => undefined,
}));
const outcomes = [];
for (const command of commands) outcomes.push(await outcomeOf(placed(command)));
await sandbox[Symbol.asyncDispose]();
for (const server of servers) server.close();
process.stdout.write(JSON.stringify(outcomes));

/** What greets everybody who connects to it. */
async function greetAt(address) {
  const server = createServer((socket) => socket.end('hello\n')).listen(address);
  await once(server, 'listening');
  return server;
}

/** A command whose words `@cache`, `@shared`, `@socket`, `@mark` and `@port` are what this machine has. */
function placed(command) {
  return JSON.parse(
    JSON.stringify(command).replace(/@(cache|shared|socket|mark|port)\b/g, (_, name) => places[name] ?? port),
  );
}

async function outcomeOf({
  args,
  process = {},
  mounts = [],
  timeoutMs,
  input,
  terminal,
  hasOneOutput,
  signal,
  ending,
}) {
  const abort = new AbortController();
  let running;
  let output = '';
  const parts = [];
  const createIngest = async () => ({
    write: (bytes) => void parts.push(Buffer.from(bytes)),
    commit: async () => ({ digest: digestOf(Buffer.concat(parts)), size: Buffer.concat(parts).length }),
    [Symbol.asyncDispose]: async () => undefined,
  });
  const rootfs = [{ diffId, read: (reader) => reader(createReadStream(join(folder, 'base.tar')), false) }];
  const request = {
    rootfs,
    process: { args, env: { PATH: '/bin', X: '1 2' }, cwd: '/', user: '', network: 'host', ...process },
    mounts: mounts.map(({ data, ...mount }) => ({
      ...mount,
      ...(data === undefined ? {} : { data: Buffer.from(data) }),
      ...(mount.kind === 'rootfs' ? { rootfs } : {}),
    })),
    onStart: (command) => {
      running = command;
    },
    onOutput: (_, bytes) => {
      if (output === '' && signal !== undefined) running.signal(signal);
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
    return { exitCode, output: ending === undefined ? output : left(), size: layer?.size };
  } catch (error) {
    return { refusal: ending === undefined ? error.message : `${error.message}: ${left()}` };
  }
}

async function* textOf(text) {
  yield Buffer.from(text);
}

/**
 * What there is of a command right after its end: processes with the mark in their arguments, or in the name that a zombie
 * has still. In the tier `chroot` zombies are those of the surrounding container.
 */
function left() {
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

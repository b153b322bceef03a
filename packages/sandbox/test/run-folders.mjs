import { createReadStream } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { digestOf } from '@tsbuild/core';
import { openLayerTree } from '@tsbuild/layer';
import { createSandbox } from '@tsbuild/sandbox';
import { getXattr, setXattr } from '../dist/linux/libc.js';

/**
 * Lets a command fill a folder, packs it, lets another change it, packs what changed, and unpacks both elsewhere. Prints
 * what each layer has, and what a command sees in both folders. Plain JavaScript: it runs on its own, as any user.
 */
const { folder, scratch, diffId, tier, fill, change, look } = JSON.parse(process.argv[2]);

const sandbox = await createSandbox({ snapshots: join(scratch, 'snapshots'), scratch, tier });
const [original, copy] = [join(scratch, 'original'), join(scratch, 'copy')];
await mkdir(original);
await mkdir(copy);
await run(original, fill);
setXattr(join(original, 'note'), 'user.note', Buffer.from('kept'));
const first = await pack('first', undefined);
const before = openLayerTree(first.index, first.path);
const none = await pack('none', before);
await run(original, change);
const second = await pack('second', before);
await sandbox.folders.unpack(copy, [first, second].map(layerOf));
process.stdout.write(
  JSON.stringify({
    none: none.count,
    first: names(first),
    second: names(second),
    original: await run(original, look),
    copy: await run(copy, look),
    xattr: getXattr(join(copy, 'note'), 'user.note')?.toString(),
  }),
);
await sandbox[Symbol.asyncDispose]();

async function run(source, script) {
  let output = '';
  const { exitCode } = await sandbox.run({
    rootfs: [{ diffId, read: (reader) => reader(createReadStream(join(folder, 'base.tar')), false) }],
    process: { args: ['/bin/sh', '-ec', script], env: { PATH: '/bin' }, cwd: '/', user: '', network: 'host' },
    mounts: [{ kind: 'bind', target: '/c', source, writable: true, persistent: true }],
    onOutput: (_, bytes) => {
      output += Buffer.from(bytes).toString();
    },
  });
  if (exitCode !== 0) throw new Error(`${script}: ${output}`);
  return output;
}

async function pack(name, known) {
  const path = join(scratch, `${name}.tar`);
  const parts = [];
  const ingest = {
    write: (bytes) => void parts.push(Buffer.from(bytes)),
    async commit() {
      await writeFile(path, Buffer.concat(parts));
      return { digest: digestOf(Buffer.concat(parts)), size: Buffer.concat(parts).length };
    },
    [Symbol.asyncDispose]: async () => undefined,
  };
  const { layer, count } = await sandbox.folders.pack({ folder: original, before: known, ingest });
  return { ...layer, path, count };
}

function layerOf(layer) {
  return { diffId: layer.diffId, read: async (reader) => reader([await readFile(layer.path)], false) };
}

function names({ index, path }) {
  return [...openLayerTree(index, path).entries()].map(
    ({ path, type, hardlink }) => `${type} ${path}${hardlink === undefined ? '' : ` = ${hardlink}`}`,
  );
}

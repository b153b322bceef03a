import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type ByteStream, digestOf, type RootfsLayer, toDiffId } from '@tsbuild/core';
import { expect } from 'vitest';
import { describeEscape } from '../test/escape.ts';

interface Member {
  readonly name: string;
  readonly type: '0' | '1' | '2' | '5';
  readonly link?: string;
  readonly content?: string;
}

/** Headers as an attacker writes them, which no tar program would. */
function archive(members: readonly Member[]): RootfsLayer {
  const blocks = members.flatMap(({ name, type, link = '', content = '' }) => {
    const header = Buffer.alloc(512);
    header.write(name, 0);
    header.write('0000755\0', 100);
    header.write('0000000\x000000000\0', 108);
    header.write(`${content.length.toString(8).padStart(11, '0')}\x0000000000000\0        ${type}${link}`, 124);
    header.write('ustar\x0000', 257);
    const sum = header.reduce((total, byte) => total + byte, 0);
    header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
    return [header, Buffer.alloc(Math.ceil(content.length / 512) * 512, 0).fill(content, 0, content.length)];
  });
  const bytes = Buffer.concat([...blocks, Buffer.alloc(1024)]);
  return {
    diffId: toDiffId(digestOf(bytes)),
    read: async (reader) => {
      await reader(
        (async function* () {
          yield bytes;
        })(),
        true,
      );
    },
  };
}

describeEscape('an archive', {
  'files below a link of the archive stay inside': async (sandbox) => {
    const outside = join(sandbox.folder, 'outside');
    await writeFile(outside, 'mine');
    const layer = archive([
      { name: 'out', type: '2', link: sandbox.folder },
      { name: 'out/stolen', type: '0', content: 'x' },
      { name: 'file', type: '2', link: outside },
      { name: 'file', type: '0', content: 'overwritten' },
    ]);
    await sandbox.run('true', { rootfs: [sandbox.base, layer] }).catch(() => undefined);
    expect(existsSync(join(sandbox.folder, 'stolen'))).toBe(false);
    expect(await readFile(outside, 'utf8')).toBe('mine');
  },
  'hard links name files of the layer only': async (sandbox) => {
    await writeFile(join(sandbox.folder, 'secret'), 'mine');
    const layer = archive([{ name: 'linked', type: '1', link: join(sandbox.folder, 'secret').slice(1) }]);
    await expect(sandbox.run('cat /linked', { rootfs: [sandbox.base, layer] })).rejects.toThrow();
  },
  'a whiteout below a link deletes nothing outside': async (sandbox) => {
    const victim = join(sandbox.folder, 'victim');
    await writeFile(victim, 'mine');
    const layer = archive([
      { name: 'out', type: '2', link: sandbox.folder },
      { name: 'out/.wh.victim', type: '0' },
    ]);
    await sandbox.run('true', { rootfs: [sandbox.base, layer] }).catch(() => undefined);
    expect(await readFile(victim, 'utf8')).toBe('mine');
  },
  'one that proves false at its very end is not used, then or later': async (sandbox) => {
    const layer = archive([{ name: 'f', type: '0', content: 'x' }]);
    async function* falseTar(tar: ByteStream): ByteStream {
      yield* tar;
      throw new Error('not what it is called');
    }
    const read: RootfsLayer['read'] = (reader) => layer.read((tar, tells) => reader(falseTar(tar), tells));
    const run = () => sandbox.run('true', { rootfs: [sandbox.base, { ...layer, read }] });
    await expect(run()).rejects.toThrow('not what it is called');
    await expect(run()).rejects.toThrow('not what it is called');
  },
});

import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createTarFile } from './tar-file.ts';

test('the archive is what tar reads, the same whenever it is made', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'tar-file-'));
  try {
    for (const name of ['a.tar', 'b.tar']) {
      await using tar = await createTarFile(join(folder, name));
      await tar.entry().end('empty');
      const five = tar.entry();
      await five.write(Buffer.from('hel'));
      await five.write(Buffer.from('lo'));
      expect(five.size).toBe(5);
      await five.end('dir/five');
      const block = tar.entry();
      await block.write(Buffer.alloc(512, 'x'));
      await block.end('block');
      await tar.finish();
    }
    const listed = execFileSync('tar', ['--utc', '-tvf', join(folder, 'a.tar')], { encoding: 'utf8' });
    expect(listed.replaceAll(/ +/g, ' ')).toBe(
      '-rw-r--r-- 0/0 0 1970-01-01 00:00 empty\n' +
        '-rw-r--r-- 0/0 5 1970-01-01 00:00 dir/five\n' +
        '-rw-r--r-- 0/0 512 1970-01-01 00:00 block\n',
    );
    expect(execFileSync('tar', ['-xOf', join(folder, 'a.tar'), 'dir/five'], { encoding: 'utf8' })).toBe('hello');
    expect((await readFile(join(folder, 'a.tar'))).equals(await readFile(join(folder, 'b.tar')))).toBe(true);
  } finally {
    await rm(folder, { recursive: true });
  }
});

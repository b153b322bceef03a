import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Digest, digestOf, MEDIA_TYPES, toDiffId } from '@tsbuild/core';
import { describe, expect } from 'vitest';
import { acPath, casPath, encodeActionResult } from '../../packages/engine/src/cache/shared/action-result.ts';
import { mountKey } from '../../packages/engine/src/cache/shared/http-source.ts';
import { encodeDocument } from '../../packages/engine/src/cache/shared/shared-document.ts';
import { contentIdOf, indexLayer, openLayerTree } from '../../packages/layer/src/index.ts';
import { type HttpCache, startHttpCache } from '../support/http-cache.ts';
import { machinesForTests } from '../support/machines.ts';
import { testWith } from '../support/parts.ts';

interface Member {
  readonly name: string;
  /** As tar has it: 0 a file, 1 a hard link, 2 a symlink, 3 a device, 5 a folder, x the true name of the next. */
  readonly type: '0' | '1' | '2' | '3' | '5' | 'x';
  readonly link?: string;
  readonly content?: string;
  /** Octal. */
  readonly mode?: string;
  /** Other than the content's. */
  readonly claimedSize?: number;
}

/** Headers as an attacker writes them, which no tar program would. */
function archive(members: readonly Member[]): Buffer {
  const blocks = members.flatMap(({ name, type, link = '', content = '', mode = '0755', claimedSize }) => {
    const header = Buffer.alloc(512);
    header.write(name, 0);
    header.write(`${mode.padStart(7, '0')}\x000000000\x000000000\0`, 100);
    const size = (claimedSize ?? content.length).toString(8).padStart(11, '0');
    header.write(`${size}\x0000000000000\0        ${type}${link}`, 124);
    header.write('ustar\x0000', 257);
    if (type === '3') header.write('0000001\x000000003\0', 329);
    const sum = header.reduce((total, byte) => total + byte, 0);
    header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
    return [header, Buffer.alloc(Math.ceil(content.length / 512) * 512, 0).fill(content, 0, content.length)];
  });
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

/** What the archive contains, where it can be read: a good liar makes no mistake here. */
async function contentIdFor(bytes: Buffer): Promise<Digest> {
  const indexed = await indexLayer(once(bytes)).catch(() => undefined);
  if (indexed === undefined) return digestOf('none');
  return contentIdOf(openLayerTree(indexed.index, '/dev/null').entries(), {});
}

/** Offers an archive as the contents of the mount `npm`. */
async function offer(server: HttpCache, bytes: Buffer, diffId = toDiffId(digestOf(bytes))): Promise<void> {
  const digest = digestOf(bytes);
  const blob = { mediaType: MEDIA_TYPES.ociLayer, digest, size: bytes.length };
  const mounts = [{ id: 'npm', layers: [{ diffId, contentId: await contentIdFor(bytes) }] }];
  const stdout = encodeDocument({ records: [], layers: new Map([[diffId, blob]]), mounts });
  server.entries.set(`/${casPath(digest)}`, bytes);
  server.entries.set(`/${acPath(mountKey('npm').key)}`, encodeActionResult({ stdout, blobs: [blob] }));
}

const LOOK =
  'FROM busybox\nRUN --mount=type=cache,id=npm,target=/cache cd /cache && find . ! -type d -exec stat -c "%n %F %a" {} + > /found; find . | wc -l > /count; true\n';

interface Case {
  /** `outside` is a folder of the host. */
  readonly members: (outside: string) => readonly Member[];
  /** What the step sees in the mount, besides folders. */
  readonly found: (outside: string) => string;
  readonly warnings: number;
}

const cacheTest = testWith('root', 'busybox');
const createMachines = machinesForTests();

describe('an exported cache mount made by an enemy touches nothing outside the mount, and the build goes on', () => {
  const cases: Record<string, Case> = {
    'a name with ..': {
      members: (outside) => [
        { name: `${'../'.repeat(12)}${outside.slice(1)}/victim`.slice(0, 99), type: '0', content: 'stolen' },
      ],
      found: () => '',
      warnings: 1,
    },
    'an absolute name': {
      members: (outside) => [{ name: `${outside}/victim`, type: '0', content: 'stolen' }],
      found: (outside) => `.${outside}/victim regular file 755\n`,
      warnings: 0,
    },
    'a link out of the mount, then a file through it': {
      members: (outside) => [
        { name: 'out', type: '2', link: outside },
        { name: 'out/victim', type: '0', content: 'stolen' },
      ],
      found: () => '',
      warnings: 1,
    },
    'a link to a file, then that file': {
      members: (outside) => [
        { name: 'f', type: '2', link: `${outside}/victim` },
        { name: 'f', type: '0', content: 'stolen' },
      ],
      found: () => './f regular file 755\n',
      warnings: 0,
    },
    'a hard link to a file outside': {
      members: (outside) => [{ name: 'f', type: '1', link: `${outside.slice(1)}/victim` }],
      found: () => '',
      warnings: 1,
    },
    'a device, and a file that becomes root': {
      members: () => [
        { name: 'null', type: '3' },
        { name: 'su', type: '0', content: 'x', mode: '4755' },
      ],
      found: () => './su regular file 4755\n',
      warnings: 0,
    },
    'a size of eight gigabytes without them': {
      members: () => [{ name: 'huge', type: '0', claimedSize: 8 * 2 ** 30 - 1 }],
      found: () => '',
      warnings: 1,
    },
    'a name longer than a file system has': {
      members: () => [
        { name: 'pax', type: 'x', content: `${4 + 5 + 300 + 2} path=${'n'.repeat(300)}\n` },
        { name: 'n', type: '0', content: 'x' },
      ],
      found: () => '',
      warnings: 1,
    },
  };
  for (const [name, { members, found, warnings }] of Object.entries(cases)) {
    cacheTest(name, async () => {
      await using server = await startHttpCache();
      await using machines = await createMachines();
      const outside = machines.shared('out');
      await mkdir(outside);
      await writeFile(join(outside, 'victim'), 'mine');
      await offer(server, archive(members(outside)));
      const machine = await machines.add({ Dockerfile: LOOK });

      const result = await machine.build({ cacheFrom: [{ type: 'http', url: server.url }] });

      expect(String(await (await result.image.tree()).read('found'))).toBe(found(outside));
      expect(result.warnings.map(({ rule }) => rule)).toEqual(Array(warnings).fill('CacheImport'));
      expect(await readdir(outside)).toEqual(['victim']);
      expect(await readFile(join(outside, 'victim'), 'utf8')).toBe('mine');
      expect((await machine.builder.verify()).problems).toEqual([]);
    });
  }

  cacheTest('10,000 entries are restored; a layer of another digest is not', async () => {
    await using server = await startHttpCache();
    await using machines = await createMachines();
    const members = Array.from({ length: 10_000 }, (_, at): Member => ({ name: `d${at}`, type: '5' }));
    const cacheFrom = [{ type: 'http', url: server.url } as const];
    await offer(server, archive(members));
    const first = await machines.add({ Dockerfile: LOOK });
    const { image } = await first.build({ cacheFrom });
    expect(String(await (await image.tree()).read('count'))).toBe('10001\n');

    await offer(server, archive(members.slice(1)), toDiffId(digestOf('something else')));
    const second = await machines.add({ Dockerfile: LOOK });
    const other = await second.build({ cacheFrom });

    expect(String(await (await other.image.tree()).read('count'))).toBe('1\n');
    expect(other.warnings.map(({ rule }) => rule)).toEqual(['CacheImport']);
  });
});

import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type Digest, digestHex, digestOf } from '@tsbuild/core';
import { type Fault, type IncomingRequest, startRegistry } from '@tsbuild/registry/server';
import { describe, expect } from 'vitest';
import { type Machines, machinesForTests, outcomes } from '../support/machines.ts';
import { testWith } from '../support/parts.ts';

const FILES = {
  Dockerfile:
    'FROM busybox\nCOPY a /a\nRUN seq 20000 > /numbers && date +%s%N > /stamp\nRUN wc -l < /numbers > /count\n',
  a: 'a\n',
};
const STEPS = ['COPY a /a', 'RUN seq 20000 > /numbers && date +%s%N > /stamp', 'RUN wc -l < /numbers > /count'];
const RAN = STEPS.map((step) => `ran: ${step}`);

const cacheTest = testWith('root', 'busybox');
const createMachines = machinesForTests();

/** Builds with a cache in a folder, after something was done to the folder; the last step is another one. */
async function buildWithDamaged(machines: Machines, damage: (folder: string) => Promise<void>) {
  const folder = machines.shared('cache');
  const first = await machines.add(FILES);
  await first.build({ cacheTo: [{ type: 'local', dest: folder, mode: 'max' }] });
  await damage(folder);
  const second = await machines.add({ ...FILES, Dockerfile: FILES.Dockerfile.replace('/count', '/counted') });
  const result = await second.build({ cacheFrom: [{ type: 'local', src: folder }] });
  expect(String(await (await result.image.tree()).read('counted'))).toBe('20000\n');
  return { result, second };
}

async function blobs(folder: string): Promise<string[]> {
  const names = await readdir(join(folder, 'blobs/sha256'));
  return names.map((name) => join(folder, 'blobs/sha256', name));
}

/** The blob of the numbers is the largest. */
async function largest(folder: string): Promise<string> {
  const sized = await Promise.all((await blobs(folder)).map(async (path) => ({ path, size: (await stat(path)).size })));
  return sized.sort((a, b) => b.size - a.size)[0]?.path ?? '';
}

type Json = { [name: string]: Json } & Json[];

/** Changes the records and makes the digests right again: a lie that only its content gives away. */
async function rewrite(folder: string, change: (document: Json) => void): Promise<void> {
  const blob = (digest: string) => join(folder, 'blobs/sha256', digestHex(digest as Digest));
  const put = async (value: unknown) => {
    const bytes = Buffer.from(JSON.stringify(value));
    await writeFile(blob(digestOf(bytes)), bytes);
    return { digest: digestOf(bytes), size: bytes.length };
  };
  const index = JSON.parse(await readFile(join(folder, 'index.json'), 'utf8'));
  const manifest = JSON.parse(await readFile(blob(index.manifests[0].digest), 'utf8'));
  const document = JSON.parse(await readFile(blob(manifest.config.digest), 'utf8'));
  change(document);
  Object.assign(manifest.config, await put(document));
  Object.assign(index.manifests[0], await put(manifest));
  await writeFile(join(folder, 'index.json'), JSON.stringify(index));
}

describe('a damaged cache costs time, never the build', () => {
  const everythingRan = [...RAN.slice(0, -1), 'ran: RUN wc -l < /numbers > /counted'];
  const damages: Record<string, (folder: string) => Promise<void>> = {
    'its folder is gone': (folder) => rm(folder, { recursive: true }),
    'its records are gone': async (folder) => {
      for (const path of await blobs(folder)) await rm(path);
    },
    'every byte is flipped': async (folder) => {
      for (const path of await blobs(folder))
        await writeFile(
          path,
          (await readFile(path)).map((byte) => byte ^ 0xff),
        );
    },
    'its index is a giant': (folder) => writeFile(join(folder, 'index.json'), `[${'['.repeat(6 << 20)}`),
  };
  for (const [name, damage] of Object.entries(damages)) {
    cacheTest(`${name}: every step runs`, async () => {
      await using machines = await createMachines();

      const { result } = await buildWithDamaged(machines, damage);

      expect(outcomes(result)).toEqual(everythingRan);
      expect(result.warnings.map(({ rule }) => rule)).toEqual(['CacheImport']);
    });
  }

  cacheTest('a layer that was promised is damaged: the steps run, and the next build is right', async () => {
    await using machines = await createMachines();

    const { result, second } = await buildWithDamaged(machines, async (folder) => {
      const path = await largest(folder);
      const bytes = await readFile(path);
      bytes.writeUInt8(bytes.readUInt8(bytes.length - 5) ^ 1, bytes.length - 5);
      await writeFile(path, bytes);
    });

    expect(outcomes(result)).toEqual(everythingRan);
    expect(result.warnings.length).toBe(1);
    expect((await second.builder.verify()).problems).toEqual([]);
    expect(outcomes(await second.build())).toEqual(everythingRan.map((line) => line.replace('ran', 'cached')));
  });

  cacheTest('a record that says what its layer does not contain is found out before anything is recorded', async () => {
    await using machines = await createMachines();
    const lie = `sha256:${'5'.repeat(64)}`;

    const { result, second } = await buildWithDamaged(machines, (folder) =>
      rewrite(folder, (document) => {
        for (const { record } of document.records ?? []) {
          if (record?.onto !== undefined) Object.assign(record.layer ?? {}, { contentId: lie });
        }
      }),
    );

    expect(outcomes(result)).toEqual(everythingRan);
    expect(result.warnings[0]?.message).toContain(lie);
    expect(outcomes(await second.build())).toEqual(everythingRan.map((line) => line.replace('ran', 'cached')));
  });

  cacheTest('a layer that decompresses to more than its record claims is left at the first byte beyond', async () => {
    await using machines = await createMachines();
    const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024));

    const { result, second } = await buildWithDamaged(machines, async (folder) => {
      const replaced = basename(await largest(folder));
      await writeFile(join(folder, 'blobs/sha256', digestHex(digestOf(bomb))), bomb);
      await rewrite(folder, ({ layers }) => {
        for (const blob of Object.values(layers ?? {}))
          if (String(blob.digest).endsWith(replaced))
            Object.assign(blob, { digest: digestOf(bomb), size: bomb.length });
      });
    });

    expect(outcomes(result)).toEqual(everythingRan);
    expect(result.warnings[0]?.message).toMatch(/a layer has more than the \d{6} bytes claimed/);
    expect(outcomes(await second.build())).toEqual(everythingRan.map((line) => line.replace('ran', 'cached')));
  });

  const claims = {
    'more than the disk has': { size: 2 ** 50, message: 'does not fit on the disk of the store' },
    nothing: { size: undefined, message: '' },
  };
  for (const [name, { size, message }] of Object.entries(claims)) {
    cacheTest(`a compressed layer that claims to have ${name} is not read`, async () => {
      await using machines = await createMachines();

      const { result } = await buildWithDamaged(machines, (folder) =>
        rewrite(folder, (document) => {
          for (const { record } of document.records ?? [])
            if (record?.onto !== undefined) Object.assign(record.layer ?? {}, { size });
        }),
      );

      expect(outcomes(result)).toEqual(expect.arrayContaining(everythingRan.slice(1)));
      expect(result.warnings.map((warning) => warning.message).join('')).toContain(message);
    });
  }

  cacheTest('a record that claims to be made in a weaker sandbox is not used', async () => {
    await using machines = await createMachines();

    const { result } = await buildWithDamaged(machines, (folder) =>
      rewrite(folder, (document) => {
        for (const { record } of document.records ?? [])
          if (record?.onto !== undefined) Object.assign(record, { tier: 'chroot' });
      }),
    );

    expect(outcomes(result)).toEqual(['cached shared: COPY a /a', ...everythingRan.slice(1)]);
  });
});

describe('a registry that does not do what it should', () => {
  const faults: Record<string, Fault> = {
    'never answers': { kind: 'stall' },
    'resets every connection': { kind: 'reset' },
    'stops in the middle of a blob': { kind: 'stall-body', afterBytes: 100 },
    'changes a byte': { kind: 'corrupt', atByte: 20 },
    'answers 500': { kind: 'answer', status: 500 },
  };
  for (const [name, fault] of Object.entries(faults)) {
    cacheTest(`${name}: the build goes on without it, in bounded time`, async () => {
      let isFaulty: (request: IncomingRequest) => boolean = () => false;
      await using registry = await startRegistry({ onRequest: (request) => (isFaulty(request) ? fault : undefined) });
      await using machines = await createMachines();
      const ref = `${registry.host}/app:cache`;
      const first = await machines.add(FILES);
      await first.build({ cacheTo: [{ type: 'registry', ref, mode: 'max' }] });
      isFaulty = ({ path, method }) => method === 'GET' && path.includes('/blobs/');
      const second = await machines.add(FILES);
      const start = Date.now();

      const result = await second.build({ cacheFrom: [{ type: 'registry', ref, timeoutMs: 1000 }] });

      expect(outcomes(result)).toEqual(RAN);
      expect(result.warnings.map(({ rule }) => rule)).toEqual(['CacheImport']);
      expect(Date.now() - start).toBeLessThan(20_000);
    });
  }

  cacheTest('a layer that stops in the middle is given up, and the step that was cached runs', async () => {
    let blobsLeft = Number.POSITIVE_INFINITY;
    const isBlob = ({ path, method }: IncomingRequest) => method === 'GET' && path.includes('/blobs/');
    await using registry = await startRegistry({
      onRequest: (request) =>
        isBlob(request) && blobsLeft-- <= 0 ? { kind: 'stall-body', afterBytes: 30 } : undefined,
    });
    await using machines = await createMachines();
    const ref = `${registry.host}/app:cache`;
    const first = await machines.add(FILES);
    await first.build({ cacheTo: [{ type: 'registry', ref, mode: 'max' }] });
    // The records are read, no layer is.
    blobsLeft = 1;
    const second = await machines.add(FILES);

    const result = await second.build({ cacheFrom: [{ type: 'registry', ref, timeoutMs: 1000 }] });

    expect(outcomes(result)).toEqual(RAN);
    expect(result.warnings.length).toBe(1);
  });

  cacheTest('an export that fails ends the build, unless its errors are to be ignored', async () => {
    await using registry = await startRegistry({
      onRequest: ({ method }) => (method === 'PUT' ? { kind: 'answer', status: 403 } : undefined),
    });
    await using machines = await createMachines();
    const machine = await machines.add(FILES);
    const cache = { type: 'registry', ref: `${registry.host}/app:cache`, mode: 'max' } as const;

    await expect(machine.build({ cacheTo: [cache] })).rejects.toMatchObject({ code: 'ERR_TSBUILD_REGISTRY_DENIED' });
    const { warnings } = await machine.build({ cacheTo: [{ ...cache, ignoreError: true }] });

    expect(warnings.map(({ rule }) => rule)).toEqual(['CacheExport']);
  });
});

import { startRegistry } from '@tsbuild/registry/server';
import { describe, expect } from 'vitest';
import { type HttpCache, startHttpCache } from '../support/http-cache.ts';
import { machinesForTests } from '../support/machines.ts';
import { testWith } from '../support/parts.ts';

const MOUNT = '--mount=type=cache,id=npm,target=/cache';
/** Bytes of each random file: nothing can be left out of them. */
const SIZE = 300_000;

/** Runs a command with the cache mount. */
function dockerfile(command: string): string {
  return `FROM busybox\nRUN ${MOUNT} ${command}\n`;
}

const FILL = dockerfile(
  `for name in a b c; do head -c ${SIZE} /dev/urandom > /cache/$name; done; mkdir /cache/d; ln -s ../a /cache/d/link; chmod 640 /cache/b; chown 7:8 /cache/b; touch -d '2001-02-03 04:05:06' /cache/c; cd /cache; sha256sum a b c > sums`,
);
const LOOK = dockerfile(
  `cd /cache; sha256sum -c sums > /checked; stat -c '%n %a %u:%g' b > /stat; stat -c '%n %Y' c >> /stat; readlink d/link >> /stat; ls > /names`,
);

const cacheTest = testWith('root', 'busybox');
const createMachines = machinesForTests();

function bytesPut(server: HttpCache): number {
  const paths = server.requests.filter((request) => request.startsWith('PUT /cas/')).map((request) => request.slice(4));
  server.requests.length = 0;
  return paths.reduce((total, path) => total + (server.entries.get(path)?.length ?? 0), 0);
}

describe('an exported cache mount', () => {
  cacheTest('has its contents on another machine, with owners, modes, times and links', async () => {
    await using registry = await startRegistry();
    await using machines = await createMachines();
    const ref = `${registry.host}/app:cache`;
    const first = await machines.add({ Dockerfile: FILL });
    await first.build({ cacheTo: [{ type: 'registry', ref, mounts: ['npm'] }] });
    const second = await machines.add({ Dockerfile: LOOK });

    const { image } = await second.build({ cacheFrom: [{ type: 'registry', ref }] });

    const tree = await image.tree();
    expect(String(await tree.read('checked'))).toBe('a: OK\nb: OK\nc: OK\n');
    expect(String(await tree.read('stat'))).toBe('b 640 7:8\nc 981173106\n../a\n');
    expect(String(await tree.read('names'))).toBe('a\nb\nc\nd\nsums\n');
  });

  cacheTest('a second export sends what has changed, from the same machine or another', async () => {
    await using server = await startHttpCache();
    await using machines = await createMachines();
    const cache = { type: 'http', url: server.url } as const;
    const cacheTo = [{ ...cache, mounts: ['npm'] }];
    const first = await machines.add({ Dockerfile: FILL });
    await first.build({ cacheTo });
    expect(bytesPut(server)).toBeGreaterThan(3 * SIZE);

    await first.write({ Dockerfile: dockerfile(`head -c ${SIZE} /dev/urandom > /cache/e; rm /cache/a`) });
    await first.build({ cacheTo });
    const fromFirst = bytesPut(server);
    expect(fromFirst).toBeGreaterThan(SIZE);
    expect(fromFirst).toBeLessThan(1.1 * SIZE);

    const second = await machines.add({ Dockerfile: dockerfile('echo one > /cache/f; ls /cache > /names') });
    const { image } = await second.build({ cacheFrom: [cache], cacheTo });
    expect(bytesPut(server)).toBeLessThan(10_000);
    expect(String(await (await image.tree()).read('names'))).toBe('b\nc\nd\ne\nf\nsums\n');

    await second.build({ cacheFrom: [cache], cacheTo });
    expect(bytesPut(server)).toBe(0);
  });

  cacheTest('what has been replaced again and again is not carried along for ever', async () => {
    await using server = await startHttpCache();
    await using machines = await createMachines();
    const machine = await machines.add({});
    const cacheTo = [{ type: 'http', url: server.url, mounts: ['npm'] } as const];
    for (const round of [1, 2, 3, 4, 5, 6]) {
      await machine.write({ Dockerfile: dockerfile(`head -c 2000000 /dev/urandom > /cache/a; echo ${round}`) });
      await machine.build({ cacheTo });
    }
    const other = await machines.add({ Dockerfile: dockerfile('true') });
    server.requests.length = 0;

    await other.build({ cacheFrom: cacheTo });

    const read = server.requests.filter((request) => request.startsWith('GET /cas/')).map((path) => path.slice(4));
    const bytes = read.reduce((total, path) => total + (server.entries.get(path)?.length ?? 0), 0);
    expect(bytes).toBeLessThan(3.5 * 2_000_000);
  });

  cacheTest('one that every machine only passes on stays in the cache, and is not fetched', async () => {
    await using registry = await startRegistry();
    await using machines = await createMachines();
    const ref = `${registry.host}/app:cache`;
    const cacheTo = [{ type: 'registry', ref, mode: 'max', mounts: ['npm'] } as const];
    const first = await machines.add({ Dockerfile: FILL });
    await first.build({ cacheTo });
    const second = await machines.add({ Dockerfile: FILL });
    registry.requests.length = 0;
    const push = { outputs: [{ type: 'registry', name: `${registry.host}/app:1` } as const] };

    const { steps } = await second.build({ ...push, cacheFrom: [{ type: 'registry', ref }], cacheTo });

    expect(steps.map(({ status }) => status)).toEqual(['cached']);
    // The records and what explains them, which are passed on too.
    expect(registry.requests.filter(({ method, path }) => method === 'GET' && path.includes('/blobs/')).length).toBe(2);
    const third = await machines.add({ Dockerfile: LOOK });
    const { image } = await third.build({ cacheFrom: [{ type: 'registry', ref }] });
    expect(String(await (await image.tree()).read('checked'))).toBe('a: OK\nb: OK\nc: OK\n');
  });

  cacheTest('secrets are not in it, and an id that no step has used is a mistake', async () => {
    await using server = await startHttpCache();
    await using machines = await createMachines();
    const machine = await machines.add({
      Dockerfile: `FROM busybox\nRUN ${MOUNT} --mount=type=secret,id=token,target=/cache/token,required cat /cache/token | wc -c > /length\n`,
    });
    const cache = { type: 'http', url: server.url, compression: 'uncompressed', mode: 'max' } as const;
    const secrets = { token: { value: 'hush-hush-7261' } };

    const { image } = await machine.build({ secrets, cacheTo: [{ ...cache, mounts: ['npm'] }] });

    expect(String(await (await image.tree()).read('length'))).toBe('14\n');
    expect([...server.entries.values()].some((bytes) => bytes.includes('hush-hush'))).toBe(false);
    await expect(machine.build({ secrets, cacheTo: [{ ...cache, mounts: ['nmp'] }] })).rejects.toThrow(
      'no RUN step has used a cache mount "nmp"',
    );
  });
});

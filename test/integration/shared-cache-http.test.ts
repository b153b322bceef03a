import { describe, expect } from 'vitest';
import { startHttpCache } from '../support/http-cache.ts';
import { machinesForTests, outcomes } from '../support/machines.ts';
import { testWith } from '../support/parts.ts';

const FILES = {
  Dockerfile: `FROM busybox AS build
COPY package.txt ./
RUN date +%s%N > stamp
FROM busybox
COPY --from=build /stamp /
RUN date +%s%N > /built
`,
  'package.txt': 'b\na\n',
};
const STEPS = [
  'COPY package.txt ./',
  'RUN date +%s%N > stamp',
  'COPY --from=build /stamp /',
  'RUN date +%s%N > /built',
];

const cacheTest = testWith('root', 'busybox');
const createMachines = machinesForTests();

describe('a cache on a server of the HTTP protocol', () => {
  cacheTest('another machine repeats nothing, and fetches the layers that its image has', async () => {
    await using server = await startHttpCache();
    await using machines = await createMachines();
    const { url } = server;
    const first = await machines.add(FILES);
    const built = await first.build({ cacheTo: [{ type: 'http', url, mode: 'max' }] });
    const second = await machines.add(FILES);
    server.requests.length = 0;

    const again = await second.build({ cacheFrom: [{ type: 'http', url }] });

    expect(outcomes(again)).toEqual(STEPS.map((step) => `cached shared: ${step}`));
    expect(again.image.id).toBe(built.image.id);
    expect(server.requests.filter((request) => request.startsWith('GET /cas/')).length).toBe(2);
    expect(server.requests.filter((request) => !request.startsWith('GET '))).toEqual([]);
  });

  cacheTest('a second export sends no layer again', async () => {
    await using server = await startHttpCache();
    await using machines = await createMachines();
    const { url } = server;
    const machine = await machines.add(FILES);
    await machine.build({ cacheTo: [{ type: 'http', url, mode: 'max' }] });
    server.requests.length = 0;

    await machine.build({ cacheTo: [{ type: 'http', url, mode: 'max' }] });

    expect(server.requests.filter((request) => request.startsWith('PUT /cas/'))).toEqual([]);
  });

  cacheTest('a user of the URL, or a header, opens it', async () => {
    await using server = await startHttpCache({ authorization: `Basic ${btoa('ci:secret')}` });
    await using machines = await createMachines();
    const url = server.url.replace('://', '://ci:secret@');
    const first = await machines.add(FILES);
    await first.build({ cacheTo: [{ type: 'http', url, mode: 'max' }] });
    const second = await machines.add(FILES);
    const headers = { authorization: `Basic ${btoa('ci:secret')}` };

    const again = await second.build({ cacheFrom: [{ type: 'http', url: server.url, headers }] });

    expect(outcomes(again)).toEqual(STEPS.map((step) => `cached shared: ${step}`));
  });

  cacheTest('without, it is left out with a warning that tells no secret, and not asked again', async () => {
    await using server = await startHttpCache({ authorization: 'Bearer right' });
    await using machines = await createMachines();
    const machine = await machines.add(FILES);
    const url = server.url.replace('://', '://ci:wrong@');

    const { steps, warnings } = await machine.build({ cacheFrom: [{ type: 'http', url }] });

    expect(steps.map(({ status }) => status)).toEqual(STEPS.map(() => 'ran'));
    expect(warnings.map(({ rule }) => rule)).toEqual(['CacheImport']);
    expect(warnings[0]?.message).toContain('it answered 401');
    expect(warnings[0]?.message).not.toContain('wrong');
    expect(server.requests.length).toBe(1);
  });

  cacheTest('a record of another key is not found under this one', async () => {
    await using server = await startHttpCache();
    await using machines = await createMachines();
    const { url } = server;
    const first = await machines.add(FILES);
    await first.build({ cacheTo: [{ type: 'http', url, mode: 'max' }] });
    const keys = [...server.entries.keys()].filter((path) => path.startsWith('/ac/'));
    const values = keys.map((key) => server.entries.get(key) ?? Buffer.alloc(0));
    for (const [at, key] of keys.entries())
      server.entries.set(key, values[(at + 1) % values.length] ?? Buffer.alloc(0));
    const second = await machines.add(FILES);

    const { steps, warnings } = await second.build({ cacheFrom: [{ type: 'http', url }] });

    expect(steps.map(({ status }) => status)).toEqual(STEPS.map(() => 'ran'));
    // Some of the entries explain steps: one of these under the key of a record costs the cache, and a warning.
    const damaged = `the cache ${url} is left out: the records of the cache are damaged`;
    expect([[], [damaged]]).toContainEqual(warnings.map(({ message }) => message));
  });

  cacheTest('a server that stops answering costs its time once', async () => {
    await using server = await startHttpCache();
    await using machines = await createMachines();
    const { url } = server;
    const first = await machines.add(FILES);
    await first.build({ cacheTo: [{ type: 'http', url, mode: 'max' }] });
    server.isStalled = true;
    server.requests.length = 0;
    const second = await machines.add(FILES);

    const { steps, warnings } = await second.build({ cacheFrom: [{ type: 'http', url, timeoutMs: 500 }] });

    expect(steps.map(({ status }) => status)).toEqual(STEPS.map(() => 'ran'));
    expect(warnings[0]?.message).toContain('no answer within 0.5 s');
    expect(server.requests.length).toBe(1);
  });
});

import { startRegistry, type TestRegistry } from '@tsbuild/registry/server';
import { describe, expect } from 'vitest';
import { INLINE_ANNOTATION, parseInline } from '../../packages/engine/src/cache/shared/inline.ts';
import { type CountedRequest, startCountingProxy } from '../support/counting-proxy.ts';
import { startDockerRegistry } from '../support/docker-registry.ts';
import { machinesForTests, outcomes } from '../support/machines.ts';
import { testWith } from '../support/parts.ts';

const FILES = {
  Dockerfile: `FROM busybox AS build
COPY package.txt ./
RUN sort package.txt > installed && date +%s%N > stamp
FROM busybox
COPY --from=build /installed /stamp /app/
RUN date +%s%N > /built
COPY main.txt /app/
`,
  'package.txt': 'b\na\n',
  'main.txt': 'main\n',
};
const STEPS = [
  'COPY package.txt ./',
  'RUN sort package.txt > installed && date +%s%N > stamp',
  'COPY --from=build /installed /stamp /app/',
  'RUN date +%s%N > /built',
  'COPY main.txt /app/',
];

const cacheTest = testWith('root', 'busybox');
const createMachines = machinesForTests();

/** Blobs that were read, apart from the one that holds the records. */
function blobsRead({ requests }: TestRegistry): number {
  return requests.filter(({ method, path }) => method === 'GET' && path.includes('/blobs/')).length;
}

describe('a cache in a registry', () => {
  cacheTest('another machine pushes the same image without fetching one layer', async () => {
    await using registry = await startRegistry();
    await using machines = await createMachines();
    const ref = `${registry.host}/app:cache`;
    const push = { tags: [`${registry.host}/app:1`], outputs: [{ type: 'registry' as const }] };
    const first = await machines.add(FILES);
    const built = await first.build({ ...push, cacheTo: [{ type: 'registry', ref, mode: 'max' }] });
    const second = await machines.add(FILES);
    registry.requests.length = 0;

    const again = await second.build({ ...push, cacheFrom: [{ type: 'registry', ref }] });

    expect(again.steps.map(({ from }) => from)).toEqual(STEPS.map(() => ref));
    expect(again.outputs).toEqual(built.outputs);
    // The records, and nothing else.
    expect(blobsRead(registry)).toBe(1);
    expect(registry.requests.filter(({ method }) => method === 'PUT')).toEqual([]);
  });

  cacheTest('a changed last COPY is made of the file alone', async () => {
    await using registry = await startRegistry();
    await using machines = await createMachines();
    const ref = `${registry.host}/app:cache`;
    const push = { tags: [`${registry.host}/app:1`], outputs: [{ type: 'registry' as const }] };
    const dockerfile = FILES.Dockerfile.replace('COPY main.txt', 'COPY --link main.txt');
    const first = await machines.add({ ...FILES, Dockerfile: dockerfile });
    await first.build({ ...push, cacheTo: [{ type: 'registry', ref, mode: 'max' }] });
    const second = await machines.add({ ...FILES, Dockerfile: dockerfile, 'main.txt': 'other\n' });
    registry.requests.length = 0;

    const again = await second.build({ ...push, cacheFrom: [{ type: 'registry', ref }] });

    expect(outcomes(again)).toEqual([
      ...STEPS.slice(0, -1).map((step) => `cached shared: ${step}`),
      'ran: COPY --link main.txt /app/',
    ]);
    // The records, and what explains the miss.
    expect(blobsRead(registry)).toBe(2);
  });

  cacheTest(
    'where the destination of a COPY is asked, what the image needs of the cache is fetched, and no more',
    async () => {
      await using registry = await startRegistry();
      await using machines = await createMachines();
      const ref = `${registry.host}/app:cache`;
      const push = { tags: [`${registry.host}/app:1`], outputs: [{ type: 'registry' as const }] };
      const first = await machines.add(FILES);
      await first.build({ ...push, cacheTo: [{ type: 'registry', ref, mode: 'max' }] });
      const second = await machines.add({ ...FILES, 'main.txt': 'other\n' });
      registry.requests.length = 0;

      const again = await second.build({ ...push, cacheFrom: [{ type: 'registry', ref }] });

      expect(outcomes(again).at(-1)).toBe('ran: COPY main.txt /app/');
      // The records, what explains the miss, and the two layers below the COPY; none of the other stage.
      expect(blobsRead(registry)).toBe(4);
    },
  );

  cacheTest('an image of SOURCE_DATE_EPOCH is pushed again without fetching one layer', async () => {
    await using registry = await startRegistry();
    await using machines = await createMachines();
    const ref = `${registry.host}/app:cache`;
    const push = {
      tags: [`${registry.host}/app:1`],
      outputs: [{ type: 'registry' as const }],
      sourceDateEpoch: 981_173_106,
    };
    const first = await machines.add(FILES);
    const built = await first.build({ ...push, cacheTo: [{ type: 'registry', ref }] });
    const second = await machines.add(FILES);
    registry.requests.length = 0;

    const again = await second.build({ ...push, cacheFrom: [{ type: 'registry', ref }] });

    expect(outcomes(again)).toEqual(STEPS.map((step) => `cached shared: ${step}`));
    expect(again.outputs).toEqual(built.outputs);
    expect(blobsRead(registry)).toBe(1);
  });

  testWith(
    'root',
    'busybox',
    'docker-registry',
  )('Distribution takes and gives it, and mounts what the image brought', async () => {
    await using registry = await startDockerRegistry();
    await using proxy = await startCountingProxy(registry.host);
    await using machines = await createMachines();
    const ref = `${proxy.host}/caches/app:main`;
    const push = { tags: [`${proxy.host}/app:1`], outputs: [{ type: 'registry' as const }] };
    const first = await machines.add(FILES);
    const built = await first.build({ ...push, cacheTo: [{ type: 'registry', ref, mode: 'max' }] });
    const sent = proxy.requests.splice(0);
    const second = await machines.add(FILES);

    const again = await second.build({ ...push, cacheFrom: [{ type: 'registry', ref }] });

    expect(outcomes(again)).toEqual(STEPS.map((step) => `cached shared: ${step}`));
    expect(again.outputs).toEqual(built.outputs);
    // The image's layers that are not of its base.
    const mounted = sent.filter(({ path }) => path.startsWith('/v2/caches/app/blobs/uploads/?mount='));
    expect(mounted.map(({ status }) => status)).toEqual([201, 201, 201]);
    // Two layers of the stage, the records, and what explains them.
    const uploaded = sent.filter(({ method, path }) => method === 'PUT' && path.startsWith('/v2/caches/app/blobs/'));
    expect(uploaded.map(({ status }) => status)).toEqual([201, 201, 201, 201]);
    // The second machine reads the records alone, and sends nothing.
    const isBlobRead = ({ method, path }: CountedRequest) => method === 'GET' && path.includes('/blobs/');
    expect(proxy.requests.filter(isBlobRead).length).toBe(1);
    expect(proxy.requests.filter(({ method }) => !['GET', 'HEAD'].includes(method))).toEqual([]);
  });
});

describe('records in the image itself', () => {
  for (const [how, options] of [
    ['type=inline', { cacheTo: [{ type: 'inline' }] }],
    ['BUILDKIT_INLINE_CACHE=1', { buildArgs: { BUILDKIT_INLINE_CACHE: '1' } }],
  ] as const) {
    cacheTest(`${how}: another machine takes the image for a cache`, async () => {
      await using registry = await startRegistry();
      await using machines = await createMachines();
      const tag = `${registry.host}/app:1`;
      const push = { tags: [tag], outputs: [{ type: 'registry' as const }] };
      const first = await machines.add(FILES);
      const built = await first.build({ ...push, ...options });
      const second = await machines.add(FILES);
      registry.requests.length = 0;

      const again = await second.build({ ...push, ...options, cacheFrom: [{ type: 'registry', ref: tag }] });

      expect(outcomes(again)).toEqual(STEPS.map((step) => `cached shared: ${step}`));
      expect(again.outputs).toEqual(built.outputs);
      // The image's config, which says which layers it has.
      expect(blobsRead(registry)).toBe(1);
    });
  }

  cacheTest('the id of the image is the same with them and without', async () => {
    await using machines = await createMachines();
    const machine = await machines.add(FILES);

    const plain = await machine.build();
    const inline = await machine.build({ cacheTo: [{ type: 'inline' }] });

    expect(inline.image.id).toBe(plain.image.id);
    expect(inline.outputs[0]?.descriptor?.digest).not.toBe(plain.outputs[0]?.descriptor?.digest);
  });

  cacheTest('the manifest of each platform has the records of its own steps', async () => {
    await using registry = await startRegistry();
    await using machines = await createMachines();
    const tag = `${registry.host}/app:1`;
    const machine = await machines.add({
      Dockerfile: 'FROM scratch\nARG TARGETARCH\nCOPY $TARGETARCH /own\nCOPY common /common\n',
      amd64: 'a\n',
      arm64: 'b\n',
      common: 'c\n',
    });
    const platforms = ['linux/amd64', 'linux/arm64'];
    const push = {
      platforms,
      tags: [tag],
      outputs: [{ type: 'registry' as const }],
      cacheTo: [{ type: 'inline' as const }],
    };
    const { images } = await machine.build(push);
    const get = async (path: string) =>
      JSON.parse(await (await fetch(`http://${registry.host}/v2/app/${path}`)).text());

    const { manifests } = await get('manifests/1');

    for (const { digest, platform } of manifests) {
      const { annotations } = await get(`manifests/${digest}`);
      const { records } = parseInline(annotations[INLINE_ANNOTATION], [], []);
      const made = [...records.values()].map((record) => JSON.stringify(record).match(/"diffId":"(.*?)"/)?.[1]);
      const own = images[`linux/${platform.architecture}`]?.config.rootfs.diff_ids ?? [];
      expect(made.sort()).toEqual([...own].sort());
    }
    const second = await machines.add({
      Dockerfile: 'FROM scratch\nARG TARGETARCH\nCOPY $TARGETARCH /own\n',
      arm64: 'b\n',
    });
    const again = await second.build({ platforms: ['linux/arm64'], cacheFrom: [{ type: 'registry', ref: tag }] });
    expect(outcomes(again)).toEqual(['cached shared: COPY $TARGETARCH /own']);
  });

  cacheTest('a stage that is not in the image and has to run again, runs, and nothing else does', async () => {
    await using registry = await startRegistry();
    await using machines = await createMachines();
    const tag = `${registry.host}/app:1`;
    const push = { tags: [tag], outputs: [{ type: 'registry' as const }], cacheTo: [{ type: 'inline' as const }] };
    const first = await machines.add(FILES);
    await first.build(push);
    // One file more of the stage is copied: its layers are needed, and the image does not have them.
    const dockerfile = FILES.Dockerfile.replace('/installed /stamp', '/installed /stamp /package.txt');
    const second = await machines.add({ ...FILES, Dockerfile: dockerfile });

    const again = await second.build({ ...push, cacheFrom: [{ type: 'registry', ref: tag }] });

    expect(again.steps.slice(0, 3).map(({ status }) => status)).toEqual(['ran', 'ran', 'ran']);
    expect(again.warnings).toEqual([]);
  });
});

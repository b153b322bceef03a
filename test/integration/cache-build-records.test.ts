import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { fixturesForTests } from '../support/machines.ts';
import { testWith } from '../support/parts.ts';
import { mustTsbuild } from '../support/tsbuild.ts';

const DOCKERFILE = `FROM busybox
ARG END=true
RUN --mount=type=secret,id=token seq 1 20000; printf '\\377\\n'; cat /run/secrets/token || true
COPY a /
RUN echo last words; $END
`;

const recordTest = testWith('root', 'busybox');

const openFixture = fixturesForTests();

async function open() {
  const fixture = await openFixture({ Dockerfile: DOCKERFILE, a: 'a' });
  for (const record of await fixture.builder.builds.list()) await fixture.builder.builds.remove(record);
  return fixture;
}

async function logOf(fixture: Awaited<ReturnType<typeof open>>, id: string, at: number): Promise<Buffer> {
  const record = await fixture.builder.builds.get(id);
  const chunks: Uint8Array[] = [];
  for await (const bytes of fixture.builder.builds.log(record, record.steps[at]?.id ?? '')) chunks.push(bytes);
  return Buffer.concat(chunks);
}

describe('every build leaves a record', () => {
  recordTest('with its steps, reasons and complete logs, and no secret', async () => {
    await using fixture = await open();
    await fixture.build({ secrets: { token: { value: 'hunter2-secret' } }, tags: ['app:dev'] });

    const [record] = await fixture.builder.builds.list();

    expect(record).toMatchObject({ name: 'app:dev', status: 'succeeded', dockerfile: 'Dockerfile' });
    expect(record?.steps.slice(0, 4).map(({ status, name }) => `${status} ${name}`)).toEqual([
      'cached [1/4] FROM busybox',
      expect.stringMatching(/^ran \[2\/4\] RUN --mount/),
      'ran [3/4] COPY a /',
      'ran [4/4] RUN echo last words; $END',
    ]);
    expect(record?.steps[1]?.because).toEqual({ kind: 'never-built' });
    const log = await logOf(fixture, 'latest', 1);
    expect(log.length).toBe(record?.steps[1]?.logBytes);
    const numbers = Array.from({ length: 20_000 }, (_, at) => `${at + 1}\n`).join('');
    expect(log.subarray(0, numbers.length).toString()).toBe(numbers);
    expect(log.subarray(numbers.length)).toEqual(Buffer.from('\xff\n***', 'latin1'));
  });

  recordTest('of a cached build that nothing ran', async () => {
    await using fixture = await open();
    await fixture.build();
    await fixture.build();

    const [second, first] = await fixture.builder.builds.list();

    expect([first?.status, second?.status]).toEqual(['succeeded', 'succeeded']);
    expect(second?.steps.filter(({ status }) => status === 'ran').map(({ name }) => name)).toEqual([
      'exporting to image store',
    ]);
    expect(await readdir(join(fixture.builder.root, 'builds', second?.id ?? ''))).toEqual(['build.json']);
  });

  recordTest('of a build that failed, with its last words', async () => {
    await using fixture = await open();
    await fixture.build({ buildArgs: { END: 'false' } }).catch(() => undefined);

    const record = await fixture.builder.builds.get('latest');

    expect(record.status).toBe('failed');
    expect(record.error).toContain('exit code: 1');
    expect(String(await logOf(fixture, record.id, 3))).toBe('last words\n');
  });

  recordTest('the command lists, shows and removes them', async () => {
    await using fixture = await open();
    await fixture.build({ tags: ['app:dev'] });
    const { root } = fixture.builder;
    const { id } = await fixture.builder.builds.get('latest');

    const listed = await mustTsbuild(root, ['builds', 'ls']);
    expect(listed.stdout).toMatch(/^BUILD +NAME +STATUS +STARTED +DURATION +STEPS\n/);
    expect(listed.stdout).toMatch(
      new RegExp(`\\n${id} +app:dev +succeeded +\\d+ seconds? ago +[\\d.]+s +0 cached, 3 ran\\n$`),
    );
    expect((await mustTsbuild(root, ['builds', 'inspect', id])).stdout).toMatch(
      /\n4 +ran +[\d.]+s +\[4\/4\] RUN echo last words; \$END +never built before\n/,
    );
    expect((await mustTsbuild(root, ['builds', 'logs', '--step', '4', id])).stdout).toBe('last words\n');
    expect((await mustTsbuild(root, ['builds', 'rm', '--all'])).stdout).toBe(`${id}\n`);
    expect(await fixture.builder.builds.list()).toEqual([]);
  });
});

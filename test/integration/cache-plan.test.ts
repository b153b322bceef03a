import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { BuildFixture } from '@tsbuild/testing';
import { describe, expect } from 'vitest';
import { fixturesForTests } from '../support/machines.ts';
import { testWith } from '../support/parts.ts';
import { mustTsbuild } from '../support/tsbuild.ts';

const DOCKERFILE = `FROM busybox AS tool
ARG V=1
RUN echo $V > /tool

FROM busybox
COPY src /src
RUN cat /src/* > /all
COPY --from=tool /tool /
RUN cat /tool > /copy
COPY --link last /
`;

const openFixture = fixturesForTests();

function open(): Promise<BuildFixture> {
  return openFixture({ Dockerfile: DOCKERFILE, 'src/a': 'a\n', last: 'last\n' });
}

async function plan(fixture: BuildFixture, options: { readonly buildArgs?: Record<string, string> } = {}) {
  const { steps, imageId } = await fixture.builder.plan({ ...options, context: fixture.context });
  return { imageId, lines: steps.map(({ name, status }) => `${status} ${name}`), steps };
}

/** Paths, sizes and times of content of everything in the store but leases. */
async function listing(root: string): Promise<string[]> {
  const names = await readdir(root, { recursive: true });
  const lines: string[] = [];
  for (const name of names.filter((each) => !each.startsWith('tmp')).sort()) {
    const { size, mode } = await lstat(join(root, name));
    lines.push(`${name} ${size} ${mode}`);
  }
  return lines;
}

const planTest = testWith('root', 'busybox');

describe('a plan', () => {
  planTest('of a build that never was runs nothing, and what depends on a RUN is unknown', async () => {
    await using fixture = await open();
    const before = await listing(fixture.builder.root);

    const { lines, imageId, steps } = await plan(fixture);

    expect(lines).toEqual([
      'would-run RUN echo $V > /tool',
      'would-run COPY src /src',
      'would-run RUN cat /src/* > /all',
      'unknown COPY --from=tool /tool /',
      'unknown RUN cat /tool > /copy',
      'would-run COPY --link last /',
    ]);
    expect(steps[0]?.because).toEqual({ kind: 'never-built' });
    expect(imageId).toBeUndefined();
    expect(await listing(fixture.builder.root)).toEqual(before);
  });

  planTest('of a build that is cached gives the digest that the build gives', async () => {
    await using fixture = await open();
    const { image } = await fixture.build();

    const { lines, imageId } = await plan(fixture);

    expect(lines.every((line) => line.startsWith('cached '))).toBe(true);
    expect(imageId).toBe(image.id);
  });

  planTest('sees what a changed file repeats, and what a touched one does not', async () => {
    await using fixture = await open();
    await fixture.build();
    await fixture.touch('src/a', new Date('2003-04-05T06:07:08Z'));
    expect((await plan(fixture)).imageId).toBeDefined();
    await fixture.write('src/a', 'b\n');
    const before = await listing(fixture.builder.root);

    const { lines, steps } = await plan(fixture);

    expect(lines).toEqual([
      'cached RUN echo $V > /tool',
      'would-run COPY src /src',
      'would-run RUN cat /src/* > /all',
      'unknown COPY --from=tool /tool /',
      'unknown RUN cat /tool > /copy',
      'cached COPY --link last /',
    ]);
    expect(steps[1]?.because).toMatchObject({ kind: 'input-changed', changed: ['src/a'] });
    expect(steps[2]?.because).toEqual({ kind: 'parent-changed', step: 'COPY src /src' });
    expect(await listing(fixture.builder.root)).toEqual(before);
  });

  planTest('the last step alone: the rest is cached', async () => {
    await using fixture = await open();
    await fixture.build();
    await fixture.write('last', 'changed\n');

    expect((await plan(fixture)).lines.filter((line) => !line.startsWith('cached '))).toEqual([
      'would-run COPY --link last /',
    ]);
  });

  planTest('knows what it can of the steps on a RUN that would run', async () => {
    const dockerfile =
      'FROM busybox\nARG V=1\nRUN echo $V > /v\nCOPY same /\nCOPY new /\nWORKDIR /w\nCOPY --link new /l/\nRUN cat /v > /c\n';
    await using fixture = await openFixture({ Dockerfile: dockerfile, same: 'same\n', new: '1\n' });
    await fixture.build();
    await fixture.write('new', '2\n');

    const { lines, steps } = await plan(fixture, { buildArgs: { V: '2' } });

    expect(lines).toEqual([
      'would-run RUN echo $V > /v',
      'unknown COPY same /',
      'would-run COPY new /',
      'unknown WORKDIR /w',
      'would-run COPY --link new /l/',
      'unknown RUN cat /v > /c',
    ]);
    expect(steps[2]?.because).toMatchObject({ kind: 'input-changed', changed: ['new'] });
    expect(steps[4]?.because).toMatchObject({ kind: 'input-changed', changed: ['new'] });
  });

  planTest('is what the build then does', async () => {
    await using fixture = await open();
    await fixture.build();
    await fixture.write('last', 'changed\n');
    const { lines } = await plan(fixture);

    const { steps } = await fixture.build();

    expect(lines).toEqual(steps.map(({ name, status }) => `${status === 'ran' ? 'would-run' : status} ${name}`));
  });

  planTest('--dry-run prints it, and --explain what a build did', async () => {
    await using fixture = await open();
    await fixture.build();
    const { root } = fixture.builder;
    const args = ['--build-arg', 'V=2', fixture.context];

    const planned = await mustTsbuild(root, ['build', '--dry-run', ...args]);
    expect(planned.stdout).toContain('WOULD RUN  [tool 2/2] RUN echo $V > /tool\n             variable V changed\n');
    expect(planned.stdout).toContain('not known before RUN echo $V > /tool runs\n');
    const { stderr } = await mustTsbuild(root, ['build', '--explain', '--progress=none', ...args]);
    expect(stderr).toContain('RAN     [tool 2/2] RUN echo $V > /tool\n          variable V changed\n');
    expect(stderr).toContain('CACHED  [stage-1 2/6] COPY src /src\n');
    const cached = await mustTsbuild(root, ['build', '--dry-run', '-q', ...args]);
    expect(cached.stdout).toMatch(/^sha256:[0-9a-f]{64}\n$/);
  });
});

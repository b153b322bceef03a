import { setTimeout as sleep } from 'node:timers/promises';
import type { BuildFixture } from '@tsbuild/testing';
import { describe, expect } from 'vitest';
import { fixturesForTests } from '../support/machines.ts';
import { testWith } from '../support/parts.ts';
import { mustTsbuild, tsbuild } from '../support/tsbuild.ts';

const DAY = 86_400_000;
const SECOND = 1_000;

const openFixture = fixturesForTests();

function open(dockerfile: string): Promise<BuildFixture> {
  return openFixture({ Dockerfile: dockerfile, a: 'a\n' });
}

const ttlTest = testWith('root', 'busybox');

describe('a step whose result may be used for a while', () => {
  const SAME = 'FROM busybox\nRUN echo 1 > /one\n# tsbuild: ttl=1s\nRUN echo same > /same\nRUN cp /same /copy\n';

  ttlTest('runs again when it is over; what it writes the same leaves all below cached', async () => {
    await using fixture = await open(SAME);
    const { image } = await fixture.build();
    expect((await fixture.build({ ttl: { '': DAY } })).image.id).toBe(image.id);
    await sleep(1.1 * SECOND);

    const again = await fixture.build();

    expect(again.ran).toEqual(['RUN echo same > /same']);
    expect(again.cached).toEqual(['RUN echo 1 > /one', 'RUN cp /same /copy']);
    expect(again.steps[1]?.because).toEqual({
      kind: 'ttl',
      ttl: SECOND,
      recorded: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
    });
    expect(again.image.id).toBe(image.id);
  });

  ttlTest('is young again after it ran, even if it wrote the same', async () => {
    await using fixture = await open('FROM busybox\n# tsbuild: ttl=1s\nRUN echo same > /same\n');
    await fixture.build();
    const first = Date.now();
    await sleep(2 * SECOND);
    expect((await fixture.build()).ran).toEqual(['RUN echo same > /same']);

    // Long enough for the second result, not for the first, however slow the machine is.
    expect((await fixture.build({ ttl: { '': Date.now() - first } })).ran).toEqual([]);
  });

  ttlTest('that writes something else repeats what depends on it', async () => {
    await using fixture = await open(
      'FROM busybox\n# tsbuild: ttl=1s\nRUN date +%s%N > /stamp\nRUN cp /stamp /copy\nCOPY a /\n',
    );
    await fixture.build();
    await sleep(1.1 * SECOND);

    const { ran, cached } = await fixture.build();

    expect(ran).toEqual(['RUN date +%s%N > /stamp', 'RUN cp /stamp /copy']);
    expect(cached).toEqual(['COPY a /']);
  });

  ttlTest('may be a COPY, whose layer stays the same', async () => {
    await using fixture = await open('FROM busybox\nCOPY a /\nRUN cp /a /b\n');
    const { image } = await fixture.build();

    const again = await fixture.build({ ttl: { '': 0 } });

    expect(again.steps.map(({ because }) => because?.kind)).toEqual(['ttl', 'ttl']);
    expect(again.image.id).toBe(image.id);
  });

  ttlTest('is said for a stage by its name, and a plan knows of it', async () => {
    await using fixture = await open('FROM busybox AS Tool\nRUN echo 1 > /t\nFROM busybox\nCOPY --from=tool /t /\n');
    await fixture.build();
    const { steps } = await fixture.builder.plan({ context: fixture.context, ttl: { tool: 0 } });
    expect(steps[0]).toMatchObject({ status: 'would-run', because: { kind: 'ttl', ttl: 0 } });

    expect((await fixture.build({ ttl: { Tool: 0 } })).ran).toEqual(['RUN echo 1 > /t']);
  });

  ttlTest('is given to the command, which says why it ran', async () => {
    await using fixture = await open('FROM busybox AS tool\nRUN echo 1 > /t\n');
    await fixture.build();
    const { root } = fixture.builder;

    const { stderr } = await mustTsbuild(root, ['build', '--explain', '--ttl', 'tool=0s', fixture.context]);
    expect(stderr).toMatch(/its last run, at \S+Z, is older than 0ms\n/);
    const unknown = await tsbuild(root, ['build', '--ttl', 'tol=1d', fixture.context]);
    expect(unknown.stderr).toContain('--ttl names stage "tol", which is not there');
    expect(unknown.stderr).toContain('did you mean tool?');
  });

  ttlTest('with a hint that is misspelled is refused at its line', async () => {
    await using fixture = await open('FROM busybox\n# tsbuild: tll=1d\nRUN echo 1 > /t\n');

    await expect(fixture.build()).rejects.toMatchObject({
      message: 'unknown hint "tll"',
      range: { start: { line: 3 } },
    });
  });
});

import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { createBuilder } from '@tsbuild/engine';
import { describe, expect } from 'vitest';
import { writeFiles } from '../../packages/testing/src/fixture-files.ts';
import { testWith } from '../support/parts.ts';
import { seededRandom } from '../support/registry/random.ts';
import { createTemplateStore } from '../support/template-store.ts';
import { TSBUILD_COMMAND } from '../support/tsbuild.ts';

/** `TSBUILD_TEST_KILLS=200` for more. */
const KILLS = Number(process.env.TSBUILD_TEST_KILLS ?? 20);
const LONGEST_MS = 900;

const dockerfile = (round: number) => `FROM busybox AS tool
COPY src /src
RUN seq 1 ${round + 1000} > /numbers
FROM busybox
COPY --from=tool /numbers /data/
RUN wc -l < /data/numbers > /lines
`;

describe('SIGKILL at random moments of a build', () => {
  testWith('root', 'busybox')(
    'leaves a store that verifies, and the next build is right',
    async () => {
      await using folder = await createTemplateStore();
      const root = folder.file('store');
      const context = folder.file('context');
      const random = seededRandom(6);
      for (let round = 0; round < KILLS; round++) {
        await writeFiles(context, {
          Dockerfile: dockerfile(round),
          'src/a': `${round}\n`,
          'src/b': 'b'.repeat(300_000),
        });
        await killAfter(root, context, random.below(LONGEST_MS));
        await using builder = await createBuilder({ root });
        expect({ round, problems: (await builder.verify()).problems }).toEqual({ round, problems: [] });
        if (round % 5 !== 4) continue;
        const { image } = await builder.build({ context, tags: ['app'] });
        expect(String(await (await image.tree()).read('lines'))).toBe(`${round + 1000}\n`);
      }
    },
    600_000,
  );
});

async function killAfter(root: string, context: string, milliseconds: number): Promise<void> {
  const build = spawn(process.execPath, [TSBUILD_COMMAND, 'build', '-q', '-t', 'app', context], {
    env: { ...process.env, TSBUILD_ROOT: root },
    stdio: 'ignore',
  });
  const ended = new Promise((resolve) => build.once('exit', resolve));
  await sleep(milliseconds);
  build.kill('SIGKILL');
  await ended;
}

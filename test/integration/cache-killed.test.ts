import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect } from 'vitest';
import { writeFiles } from '../../packages/testing/src/fixture-files.ts';
import { testWith } from '../support/parts.ts';
import { seededRandom } from '../support/registry/random.ts';
import { createTemplateStore } from '../support/template-store.ts';
import { mustTsbuild } from '../support/tsbuild.ts';

const COMMAND = fileURLToPath(new URL('../../packages/cli/bin/tsbuild.js', import.meta.url));
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
        const { stdout } = await mustTsbuild(root, ['store', 'verify']);
        expect({ round, stdout }).toEqual({ round, stdout: expect.stringMatching(/, 0 problems\n$/) });
        if (round % 5 !== 4) continue;
        await mustTsbuild(root, ['build', '-q', '-t', 'app', context]);
        expect(await linesOf(root)).toBe(`${round + 1000}\n`);
      }
    },
    600_000,
  );
});

async function killAfter(root: string, context: string, milliseconds: number): Promise<void> {
  const build = spawn(process.execPath, [COMMAND, 'build', '-q', '-t', 'app', context], {
    env: { ...process.env, TSBUILD_ROOT: root },
    stdio: 'ignore',
  });
  const ended = new Promise((resolve) => build.once('exit', resolve));
  await sleep(milliseconds);
  build.kill('SIGKILL');
  await ended;
}

async function linesOf(root: string): Promise<string> {
  const { createBuilder } = await import('@tsbuild/engine');
  await using builder = await createBuilder({ root });
  const tree = await (await builder.image('app')).tree();
  return String(await tree.read('lines'));
}

import { createBuilder } from '@tsbuild/engine';
import { describe, expect } from 'vitest';
import { writeFiles } from '../../packages/testing/src/fixture-files.ts';
import { testWith } from '../support/parts.ts';
import { createTemplateStore } from '../support/template-store.ts';
import { mustTsbuild, tsbuild } from '../support/tsbuild.ts';

const PROCESSES = 16;
/** The same step for all, then one of four. */
const DOCKERFILE = `FROM busybox
COPY a /
RUN date +%s%N > /same
ARG WHICH
RUN echo $WHICH > /which
`;

describe('sixteen processes on one store, while it is pruned', () => {
  testWith('root', 'busybox')(
    'all succeed, and equal work is done once',
    async () => {
      await using folder = await createTemplateStore();
      const root = folder.file('store');
      const context = folder.file('context');
      await writeFiles(context, { Dockerfile: DOCKERFILE, a: 'a' });
      const builds = Array.from({ length: PROCESSES }, (_, at) =>
        tsbuild(root, ['build', '-q', '-t', `app${at}`, '--build-arg', `WHICH=${at % 4}`, context]),
      );
      const prunes = Array.from({ length: 3 }, () => tsbuild(root, ['prune', '--all']));

      const results = await Promise.all([...builds, ...prunes]);

      expect(results.map(({ exitCode, stderr }) => (exitCode === 0 ? 0 : stderr))).toEqual(results.map(() => 0));
      await using builder = await createBuilder({ root });
      const same = new Set<string>();
      for (let at = 0; at < PROCESSES; at++) {
        const tree = await (await builder.image(`app${at}`)).tree();
        expect(String(await tree.read('which'))).toBe(`${at % 4}\n`);
        same.add(String(await tree.read('same')));
      }
      expect(same.size).toBe(1);
      expect((await mustTsbuild(root, ['store', 'verify'])).stdout).toMatch(/, 0 problems\n$/);
    },
    600_000,
  );
});

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { composeDockerfile, stage } from '@tsbuild/dockerfile';
import { expect, test } from 'vitest';
import { createBuilder } from './builder.ts';

test('stages in TypeScript and the same text give the same image, from the same steps', async () => {
  const root = await mkdtemp(join(tmpdir(), 'tsbuild-stages-'));
  try {
    await using builder = await createBuilder({ root });
    const context = { files: { 'a b': '1', c: '2' } };
    const text = 'FROM scratch AS one\nCOPY ["a b", "/x/"]\n\nFROM one\nCOPY --chmod=0600 c /x/\nENV A="1"\n';
    const one = stage('one').from('scratch').copy('a b', '/x/');
    const composed = stage().from(one).copy('c', '/x/', { chmod: 0o600 }).env({ A: '1' });

    const first = await builder.build({ context, dockerfile: text });
    const second = await builder.build({ context, dockerfile: composed });
    const third = await builder.build({
      context,
      dockerfile: composeDockerfile(one, 'FROM one\nCOPY --chmod=0600 c /x/\nENV A="1"'),
    });

    expect(second.image.id).toBe(first.image.id);
    expect(third.image.id).toBe(first.image.id);
    expect(second.image.config.history).toEqual(first.image.config.history);
    expect(second.steps.map(({ name, status }) => `${status} ${name}`)).toEqual([
      'cached COPY ["a b", "/x/"]',
      'cached COPY --chmod=0600 c /x/',
    ]);
  } finally {
    await rm(root, { recursive: true, force: true });
  }
});

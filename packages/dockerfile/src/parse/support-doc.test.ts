import { readFile } from 'node:fs/promises';
import { isTsbuildError } from '@tsbuild/core';
import { expect, test } from 'vitest';
import { parseDockerfile } from './dockerfile.ts';

const PAGE = new URL('../../../../docs/dockerfile.md', import.meta.url);
const ROW = /^\| `([A-Z]+)` \| (.*?) \|/gm;

/** The flags that the parser names when it is given one that it does not know. */
function knownFlags(keyword: string): string[] {
  try {
    parseDockerfile(
      `FROM scratch\n${keyword} --no-such-flag=1 ${keyword === 'HEALTHCHECK' ? 'CMD a' : `["a=b","c=d"]`}\n`,
    );
  } catch (error) {
    if (!isTsbuildError(error) || error.code !== 'ERR_TSBUILD_UNKNOWN_FLAG') throw error;
    return [...(error.hint ?? '').matchAll(/--[\w-]+/g)].map(([flag]) => flag).sort();
  }
  return [];
}

test('the page in the documentation has the flags of every instruction', async () => {
  const rows = [...(await readFile(PAGE, 'utf8')).matchAll(ROW)];
  const documented = rows.map(([, keyword = '', flags = '']) => [
    keyword,
    [...flags.matchAll(/--[\w-]+/g)].map(String),
  ]);

  expect(documented).toEqual(documented.map(([keyword]) => [keyword, knownFlags(String(keyword))]));
  expect(documented.length).toBe(18);
});

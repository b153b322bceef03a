import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { ERROR_CODES } from '@tsbuild/core';
import { expect, test } from 'vitest';
import { errorsPage } from './errors-doc.ts';

const DOCS = new URL('../../../../docs/', import.meta.url);

test('the page in the documentation is the one that the codes make', async () => {
  expect(await readFile(new URL('errors.md', DOCS), 'utf8')).toBe(errorsPage());
});

test('every code has a section with its cause and cure', () => {
  const sections = errorsPage().split('\n## ').slice(1);

  expect(sections.map((text) => text.split('\n')[0])).toEqual(Object.keys(ERROR_CODES));
  for (const text of sections) expect(text).toMatch(/^- \*\*Cause\*\*: [A-Z`].+\.\n- \*\*Cure\*\*: .+\.$/m);
});

test('pages that are linked exist', () => {
  const links = [...errorsPage().matchAll(/\]\(([^)]+)\)/g)].map(([, path = '']) => path);

  expect(links.filter((path) => !existsSync(new URL(path, DOCS)))).toEqual([]);
});

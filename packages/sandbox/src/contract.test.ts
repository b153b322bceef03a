import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { missingFor, runCell } from '../test/cell.ts';
import { CELLS, FEATURES } from '../test/contract.ts';
import { SandboxFixture } from '../test/fixture.ts';

describe.each(CELLS)('contract of %s', (cell) => {
  const missing = missingFor(cell);
  let outcomes: Readonly<Record<string, string>> = {};
  let fixture: SandboxFixture | undefined;

  beforeAll(async () => {
    if (missing !== '') return;
    fixture = await SandboxFixture.create();
    outcomes = await runCell(cell, FEATURES, fixture);
  });
  afterAll(async () => {
    await fixture?.[Symbol.asyncDispose]();
  });

  test.skipIf(missing !== '').each(Object.keys(FEATURES))(`%s${missing}`, (name) => {
    const feature = FEATURES[name];
    const expected = feature?.cells?.[cell] ?? feature?.everywhere ?? '';
    if (expected.startsWith('/')) expect(outcomes[name]).toMatch(new RegExp(expected.slice(1, -1)));
    else expect(outcomes[name]).toBe(expected);
  });
});

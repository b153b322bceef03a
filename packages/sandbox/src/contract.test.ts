import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { missingFor, runCell } from '../test/cell.ts';
import { CELLS, type Cell, FEATURES } from '../test/contract.ts';
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

/** What the page of the matrix says of cells that are no columns of it. */
const REFUSALS: Readonly<Partial<Record<Cell, string>>> = {
  'userns-single runc': 'userns-single: runc does not work in the tier userns-single',
  'userns-single crun': 'userns-single: crun does not work in the tier userns-single',
  'chroot runc': 'chroot: runc needs namespaces, which the tier chroot lacks',
  'chroot crun': 'chroot: crun needs namespaces, which the tier chroot lacks',
};

const missing = Object.keys(REFUSALS).map((cell) => missingFor(cell as Cell));
test.skipIf(missing.join('') !== '')(
  `a runner that a tier cannot have is refused by name${missing.join('')}`,
  async () => {
    await using fixture = await SandboxFixture.create();
    for (const [cell, reason] of Object.entries(REFUSALS) as [Cell, string][]) {
      const outcomes = await runCell(cell, { any: { args: ['true'] } }, fixture);
      expect(outcomes).toEqual({ any: `no sandbox for RUN on this machine (${reason})` });
    }
  },
);

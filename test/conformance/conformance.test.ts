import { afterAll, expect, test } from 'vitest';
import { concurrentTestWith } from '../support/parts.ts';
import { type ConformanceCase, loadCases, loadNeedsRoot, loadPending } from './case.ts';
import { openSession, type Session } from './session.ts';

const cases = await loadCases();
const pending = await loadPending();
const needsRoot = await loadNeedsRoot();

/** Set for an ordinary user whose subordinate ids suffice for RUN. */
const CAN_RUN = process.env.TSBUILD_TEST_ROOTLESS_RUN === '1';

/** Without RUN any user can build, and the owners in the image are as right as root's. */
function conformanceTest({ name, needsRun }: ConformanceCase) {
  const parts = (needsRun && !CAN_RUN) || needsRoot.has(name) ? ['root'] : [];
  return concurrentTestWith('busybox', '/usr/bin/python3', ...parts);
}

/** Opened by the first case, shared by all. */
let session: Promise<Session> | undefined;

afterAll(async () => {
  await (await session)?.[Symbol.asyncDispose]();
});

test('pending.json and needs-root.json name existing cases only', () => {
  const names = new Set(cases.map(({ name }) => name));
  expect([...pending, ...needsRoot].filter((name) => !names.has(name))).toEqual([]);
});

for (const it of cases) {
  conformanceTest(it)(`${it.name}: ${it.about}`, async () => {
    session ??= openSession();
    const differences = await (await session).run(it);
    if (pending.has(it.name)) {
      expect(differences.length, 'it passes now: take it out of pending.json').toBeGreaterThan(0);
    } else {
      expect(differences.join('\n')).toBe('');
    }
  });
}

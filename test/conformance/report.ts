import { availableParallelism } from 'node:os';
import { type ConformanceCase, loadCases } from './case.ts';
import { openSession, type Session } from './session.ts';

/** Lines shown of a case that differs in many places. */
const MOST_LINES = 12;

/** Runs the cases whose names contain one of `words` (all, if there are none), prints what differs; 1 if anything does. */
export async function report(words: readonly string[]): Promise<number> {
  const cases = (await loadCases()).filter(
    ({ name }) => words.length === 0 || words.some((word) => name.includes(word)),
  );
  await using session = await openSession();
  const failed = new Set<string>();
  const queue = cases.values();
  const worker = () => runQueue(session, queue, failed);
  await Promise.all(Array.from({ length: availableParallelism() * 2 }, worker));
  printCounts(cases, failed);
  return failed.size === 0 ? 0 : 1;
}

async function runQueue(session: Session, queue: Iterable<ConformanceCase>, failed: Set<string>): Promise<void> {
  for (const it of queue) {
    const differences = await session.run(it);
    if (differences.length === 0) continue;
    failed.add(it.name);
    const rest = differences.length > MOST_LINES ? [`… ${differences.length - MOST_LINES} more`] : [];
    const lines = [...differences.slice(0, MOST_LINES), ...rest].map((line) => `    ${line}\n`);
    console.log(
      `✗ ${it.name}: ${it.about}\n${it.quirk === undefined ? '' : `    quirk: ${it.quirk}\n`}${lines.join('')}`,
    );
  }
}

function printCounts(cases: readonly ConformanceCase[], failed: ReadonlySet<string>): void {
  const areas = new Map<string, { passed: number; total: number }>();
  for (const { name } of cases) {
    const area = name.slice(0, name.indexOf('-'));
    const { passed, total } = areas.get(area) ?? { passed: 0, total: 0 };
    areas.set(area, { passed: passed + (failed.has(name) ? 0 : 1), total: total + 1 });
  }
  for (const [area, { passed, total }] of areas) console.log(`${area.padEnd(14)} ${passed} of ${total}`);
  console.log(`${'all'.padEnd(14)} ${cases.length - failed.size} of ${cases.length}`);
}

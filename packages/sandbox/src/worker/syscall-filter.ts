import type { Architecture } from '../launch/architecture.ts';
import { answer, type FilterInstruction, load, test } from './berkeley-filter.ts';

export interface SyscallFilter {
  /** Numbers of calls. */
  readonly calls: readonly number[];
  /** What becomes of `calls`. */
  readonly action: number;
  /** What becomes of all other calls, and of those of programs for another processor (32 bits). */
  readonly otherwise: number;
}

/** A filter that treats some calls otherwise than all others. */
export function syscallFilter(
  { programs: [{ auditArch }] }: Architecture,
  { calls, action, otherwise }: SyscallFilter,
): FilterInstruction[] {
  const count = calls.length;
  return [
    load('architecture'),
    test('equals', auditArch, { otherwise: count + 1 }),
    load('number'),
    ...calls.map((number, index) => test('equals', number, { taken: count - index })),
    answer(otherwise),
    answer(action),
  ];
}

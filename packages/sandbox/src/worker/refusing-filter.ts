import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import type { Abi, Architecture } from '../launch/architecture.ts';
import type { Syscall } from '../launch/program.ts';
import {
  answer,
  type FilterInstruction,
  failWith,
  filterCall,
  load,
  SECCOMP_RET_ALLOW,
  test,
} from './berkeley-filter.ts';
import { CLONE3, REFUSED_BY_ARGUMENT, refusedNumbers } from './refused-calls.ts';

const { EPERM, ENOSYS } = constants.errno;
/** Calls of programs for x32, which hardly a kernel runs, have this bit. */
const X32_BIT = 0x40000000;
/** So many numbers are compared one after the other. */
const FEW = 4;

/** What keeps a command from the calls of `refused-calls.ts`; nothing on a kernel that has no filters. */
export function refusingCalls(architecture: Architecture): Syscall[] {
  return existsSync('/proc/sys/kernel/seccomp') ? [filterCall(refusingFilter(architecture))] : [];
}

/** The programs of the processor, and those of 32 bits that it runs as well; there are no others. */
export function refusingFilter({ programs }: Architecture): FilterInstruction[] {
  const parts = programs.flatMap(({ abi, auditArch }) => {
    const part = refusalsOf(abi);
    return [test('equals', auditArch, { otherwise: part.length }), ...part];
  });
  return [load('architecture'), ...parts, answer(failWith(EPERM))];
}

function refusalsOf(abi: Abi): FilterInstruction[] {
  const rules = REFUSED_BY_ARGUMENT.flatMap(({ numbers, kind, value }) => [
    test('equals', numbers[abi], { otherwise: 4 }),
    load('firstArgument'),
    test(kind, value, { otherwise: 1 }),
    answer(failWith(EPERM)),
    answer(SECCOMP_RET_ALLOW),
  ]);
  return [
    load('number'),
    test('at least', X32_BIT, { otherwise: 1 }),
    answer(failWith(ENOSYS)),
    ...rules,
    test('equals', CLONE3, { otherwise: 1 }),
    answer(failWith(ENOSYS)),
    ...refusalAmong(refusedNumbers(abi).toSorted((a, b) => a - b)),
  ];
}

/**
 * Refuses sorted numbers and allows others. It halves where to look: for every command the kernel tries the filter on every
 * call that there is.
 */
function refusalAmong(numbers: readonly number[]): FilterInstruction[] {
  const count = numbers.length;
  if (count <= FEW) {
    const tests = numbers.map((number, index) => test('equals', number, { taken: count - index }));
    return [...tests, answer(SECCOMP_RET_ALLOW), answer(failWith(EPERM))];
  }
  const half = Math.ceil(count / 2);
  const below = refusalAmong(numbers.slice(0, half));
  return [
    test('at least', numbers[half] ?? 0, { taken: below.length }),
    ...below,
    ...refusalAmong(numbers.slice(half)),
  ];
}

import { constants } from 'node:os';
import { REFUSED_BY_ARGUMENT, REFUSED_NAMES } from './refused-calls.ts';

const { EPERM, ENOSYS } = constants.errno;
const REFUSED = { action: 'SCMP_ACT_ERRNO', errnoRet: EPERM };

/** What the built-in runner refuses, as OCI runtimes are told it. */
export const SECCOMP_PROFILE = {
  defaultAction: 'SCMP_ACT_ALLOW',
  architectures: ['SCMP_ARCH_X86_64', 'SCMP_ARCH_X86', 'SCMP_ARCH_X32', 'SCMP_ARCH_AARCH64', 'SCMP_ARCH_ARM'],
  syscalls: [
    { ...REFUSED, names: REFUSED_NAMES },
    { ...REFUSED, names: ['clone3'], errnoRet: ENOSYS },
    ...REFUSED_BY_ARGUMENT.flatMap(({ name, kind, value }) =>
      kind === 'equals'
        ? [{ ...REFUSED, names: [name], args: [{ index: 0, value, op: 'SCMP_CMP_EQ' }] }]
        : bitsOf(value).map((bit) => {
            const hasBit = { index: 0, value: bit, valueTwo: bit, op: 'SCMP_CMP_MASKED_EQ' };
            return { ...REFUSED, names: [name], args: [hasBit] };
          }),
    ),
  ],
};

function bitsOf(mask: number): number[] {
  return Array.from({ length: 31 }, (_, bit) => 1 << bit).filter((bit) => (mask & bit) !== 0);
}

import { expect, test } from 'vitest';
import { diagnosisText, isUseless } from './diagnosis-text.ts';

const DIAGNOSIS = {
  node: 'v20.20.0',
  system: 'Linux 6.1.0 x64',
  store: { folder: '/s', size: 2000, free: 5_000_000_000, fileSystem: 'ext4' },
  tiers: [
    { tier: 'root', isAvailable: false, reason: 'this process is not root' },
    { tier: 'userns', isAvailable: false, reason: 'newuidmap is not installed', hint: 'sudo apt-get install uidmap' },
    { tier: 'userns-single', isAvailable: true },
    { tier: 'chroot', isAvailable: true, warning: 'no boundary: as it is' },
  ],
  tools: [
    { name: 'git', purpose: 'fetches', version: 'git version 2.39' },
    { name: 'crun', purpose: 'runs RUN steps', hint: 'sudo apt-get install crun' },
  ],
  cgroupControllers: ['memory', 'pids'],
  credentials: [{ file: '/c', registries: ['r.example'], helpers: ['docker-credential-pass'] }],
} as const;

test('every thing has a line, what is missing a mend', () => {
  expect(diagnosisText(DIAGNOSIS)).toBe(`Node.js v20.20.0 on Linux 6.1.0 x64
Store: /s (ext4)
  2.00kB used, 5.00GB free
RUN: tier userns-single
  root: no: this process is not root
  userns: no: newuidmap is not installed
    mend: sudo apt-get install uidmap
  userns-single: works
  chroot: works, with no boundary: as it is
Limits: memory, pids
Programs:
  git: git version 2.39
  crun: missing; it runs RUN steps
    mend: sudo apt-get install crun
Logins:
  /c: r.example, docker-credential-pass
`);
});

test('a store that cannot be used is all that stops everything', () => {
  expect(isUseless(DIAGNOSIS)).toBe(false);
  const broken = { ...DIAGNOSIS, tiers: [], store: { problem: 'it is read-only', hint: 'use --root' } };
  expect(isUseless(broken)).toBe(true);
  expect(diagnosisText(broken)).toContain('Store: cannot be used: it is read-only\n    mend: use --root\n');
  expect(diagnosisText(broken)).toContain('RUN: not possible here; images without RUN build\n  RUN needs Linux\n');
});

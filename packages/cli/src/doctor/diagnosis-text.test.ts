import { expect, test } from 'vitest';
import { diagnosisText, isUseless } from './diagnosis-text.ts';

const DIAGNOSIS = {
  node: 'v20.20.0',
  system: 'Linux 6.1.0 x64',
  store: { folder: '/s', format: 1, size: 2000, limit: 20_000_000_000, free: 5_000_000_000, fileSystem: 'ext4' },
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
  runners: [
    { runner: 'runc', isAvailable: true },
    { runner: 'crun', isAvailable: false, reason: 'crun is not installed', hint: 'sudo apt-get install crun' },
  ],
  limits: [
    { controller: 'memory', isAvailable: true, version: 1 },
    { controller: 'pids', isAvailable: false, version: 2, reason: 'cannot limit pids', hint: 'leave it out' },
  ],
  proxies: { HTTPS_PROXY: 'http://***@p.example' },
  credentials: [{ file: '/c', registries: ['r.example'], helpers: ['docker-credential-pass'] }],
} as const;

test('every thing has a line, what is missing a mend', () => {
  expect(diagnosisText(DIAGNOSIS)).toBe(`Node.js v20.20.0 on Linux 6.1.0 x64
Store: /s (format 1, on ext4)
  2.00kB used, builds leave at most 20.00GB, 5.00GB free
RUN: tier userns-single
  root: no: this process is not root
  userns: no: newuidmap is not installed
    mend: sudo apt-get install uidmap
  userns-single: works
  chroot: works, with no boundary: as it is
  --runner runc: works
  --runner crun: no: crun is not installed
    mend: sudo apt-get install crun
Limits of RUN:
  memory: works, cgroups of version 1
  pids: no: cannot limit pids
    mend: leave it out
Programs:
  git: git version 2.39
  crun: missing; it runs RUN steps
    mend: sudo apt-get install crun
Proxies:
  HTTPS_PROXY: http://***@p.example
Logins:
  /c: r.example, docker-credential-pass
`);
});

test('a store that cannot be used is all that stops everything', () => {
  expect(isUseless(DIAGNOSIS)).toBe(false);
  const broken = {
    ...DIAGNOSIS,
    tiers: [],
    runners: [],
    limits: [],
    proxies: {},
    store: { problem: 'it is read-only', hint: 'use --root' },
  };
  expect(isUseless(broken)).toBe(true);
  expect(diagnosisText(broken)).toContain('Store: cannot be used: it is read-only\n    mend: use --root\n');
  expect(diagnosisText(broken)).toContain(
    'RUN: not possible here; images without RUN build\n  RUN needs Linux\nLimits of RUN: need Linux\n',
  );
});

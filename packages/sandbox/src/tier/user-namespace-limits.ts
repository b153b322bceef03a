import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { TsbuildError } from '@tsbuild/core';

interface Limit {
  readonly file: string;
  readonly forbids: (value: string) => boolean;
  readonly reason: string;
  readonly hint: string;
}

/** Settings by which machines forbid user namespaces. */
const LIMITS: readonly Limit[] = [
  {
    file: '/proc/sys/kernel/apparmor_restrict_unprivileged_userns',
    forbids: (value) => value === '1',
    reason: 'AppArmor restricts user namespaces of ordinary users',
    hint: 'sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0, or give node an AppArmor profile with "userns,"',
  },
  {
    file: '/proc/sys/kernel/unprivileged_userns_clone',
    forbids: (value) => value === '0',
    reason: 'this kernel does not let ordinary users make user namespaces',
    hint: 'sudo sysctl kernel.unprivileged_userns_clone=1',
  },
  {
    file: '/proc/sys/user/max_user_namespaces',
    forbids: (value) => value === '0',
    reason: 'this machine allows no user namespaces',
    hint: 'sudo sysctl user.max_user_namespaces=10000',
  },
];

/** The setting of the machine that is to blame for `error`, where one is. `root` is where its files lie. */
export function explainUserNamespaces(error: unknown, root = '/'): unknown {
  for (const { file, forbids, reason, hint } of LIMITS) {
    if (forbids(readSetting(join(root, file))))
      return new TsbuildError('ERR_TSBUILD_RUN_UNAVAILABLE', reason, { hint, cause: error });
  }
  return error;
}

function readSetting(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return ''; // this kernel does not have it
  }
}

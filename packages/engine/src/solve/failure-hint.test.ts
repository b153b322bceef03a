import { expect, test } from 'vitest';
import { failureHint } from './failure-hint.ts';

const APT = 'Get:1 x\nE: setgroups 65534 failed - setgroups (1: Operation not permitted)\nE: Method http has died\n';
const CHOWN = "chown: changing ownership of '/f': Invalid argument\n";
const FOR_USERS =
  'the tier userns-single has no user but root: for apt-get, -o APT::Sandbox::User=root; for all else, subordinate ids (tsbuild doctor)';
const FOR_OWNERS =
  'the tier userns-single has no user but root: --ignore-chown-errors, or subordinate ids (tsbuild doctor)';

test.each([
  ['userns-single', APT, FOR_USERS],
  ['userns-single-ignore-chown-errors', APT, FOR_USERS],
  ['userns-single', 'su: cannot set groups: x\nsetuid: Invalid argument\n', FOR_USERS],
  ['userns-single', CHOWN, FOR_OWNERS],
  ['userns-single', `W: chown to root:adm failed (22: Invalid argument)\n${APT}`, FOR_USERS],
  ['userns-single-ignore-chown-errors', CHOWN, undefined],
  ['userns-single', 'make: chown: no such target\n', undefined],
  ['userns', APT, undefined],
  ['root', CHOWN, undefined],
])('in %s, after %o', (tier, output, hint) => {
  expect(failureHint(tier, output)).toBe(hint);
});

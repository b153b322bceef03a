import { expect, test } from 'vitest';
import { findUser } from './user.ts';

const PASSWD =
  'root:x:0:0:root:/root:/bin/sh\n# comment\nbroken:x:y:z\napp:x:1200:1300:a:/h:/bin/sh\n77:x:900:901::/seven:\n';
const GROUP = 'root:x:0:\nextra:x:1400:other,app\nextra2:x:1401:app\nown:x:1300:app\n88:x:902:\n';

test.each([
  ['', { uid: 0, gid: 0, groups: [], home: '/root' }],
  ['app', { uid: 1200, gid: 1300, groups: [1400, 1401], home: '/h' }],
  ['app:extra', { uid: 1200, gid: 1400, groups: [], home: '/h' }],
  ['1200:', { uid: 1200, gid: 1300, groups: [1400, 1401], home: '/h' }],
  ['77', { uid: 900, gid: 901, groups: [], home: '/seven' }], // a name that is a number
  ['5:88', { uid: 5, gid: 902, groups: [], home: '/' }],
  ['4294967294', { uid: 4294967294, gid: 0, groups: [], home: '/' }],
])('%j is found', (spec, expected) => {
  expect(findUser(spec, PASSWD, GROUP)).toMatchObject(expected);
});

test.each(['ghost', '-1', '4294967295', '1.5', '99999999999'])('%j is unknown', (spec) => {
  expect(() => findUser(spec, PASSWD, GROUP)).toThrow(
    `unable to find user ${spec}: no matching entries in passwd file`,
  );
});

import { expect, test } from 'vitest';
import { readBuildContexts } from './build-context-flag.ts';
import { readEpoch } from './epoch.ts';
import { readAddHosts } from './host-flag.ts';
import { readBuildArgs, readLabels } from './key-values.ts';
import { readSecrets } from './secret-flag.ts';
import { readSsh } from './ssh-flag.ts';

test('--build-arg without a value takes that of the environment, or none', () => {
  expect(readBuildArgs(['A=1', 'B', 'C', 'D=', 'A=2=3'], { B: 'b' })).toEqual({ A: '2=3', B: 'b', D: '' });
  expect(() => readBuildArgs(['=x'], {})).toThrow('--build-arg needs a name: "=x"');
});

test('a name that every object has is an ordinary name', () => {
  expect(Object.entries(readBuildArgs(['__proto__=1', 'constructor=2'], {}))).toEqual([
    ['__proto__', '1'],
    ['constructor', '2'],
  ]);
});

test('--label without a value is empty', () => {
  expect(readLabels(['a', 'b=c=d'])).toEqual({ a: '', b: 'c=d' });
});

test.each([
  ['id=npm,src=/x/.npmrc', { npm: { file: '/x/.npmrc' } }],
  ['type=file,id=npm,source=a', { npm: { file: 'a' } }],
  ['id=token,env=GH_TOKEN', { token: { env: 'GH_TOKEN' } }],
  ['id=token,type=env,src=GH_TOKEN', { token: { env: 'GH_TOKEN' } }],
  ['id=token,type=env', { token: { env: 'token' } }],
  ['id=SET', { SET: { env: 'SET' } }],
  ['id=UNSET', { UNSET: { file: 'UNSET' } }],
])('--secret %s', (text, secrets) => {
  expect(readSecrets([text], { SET: 'x' })).toEqual(secrets);
});

test.each([
  ['src=a', '--secret src=a has no id'],
  ['id=a,src=b,env=c', '--secret id=a,src=b,env=c has both src and env'],
  ['id=a,type=vault', 'unknown type "vault" in --secret id=a,type=vault'],
  ['id=a,sorce=b', 'unknown key "sorce" in --secret id=a,sorce=b'],
])('--secret %s is refused', (text, message) => {
  expect(() => readSecrets([text], {})).toThrow(message);
});

test('--ssh without a path is the agent of the environment', () => {
  expect(readSsh(['default', 'other=/run/agent', 'keys=a,b'], { SSH_AUTH_SOCK: '/tmp/a,b' })).toEqual({
    default: ['/tmp/a,b'],
    other: ['/run/agent'],
    keys: ['a', 'b'],
  });
  expect(() => readSsh(['default'], {})).toThrow('no ssh agent for --ssh default: SSH_AUTH_SOCK is not set');
  expect(() => readSsh(['default='], {})).toThrow('malformed value of --ssh: default=');
});

test('--add-host takes a colon or an equals sign, and IPv6 with and without brackets', () => {
  expect(readAddHosts(['a:10.0.0.1', 'b=10.0.0.2', 'c:::1', 'd=[fe80::1]'])).toEqual({
    a: '10.0.0.1',
    b: '10.0.0.2',
    c: '::1',
    d: 'fe80::1',
  });
  expect(() => readAddHosts(['a'])).toThrow('malformed value of --add-host: a');
  expect(() => readAddHosts(['a:b'])).toThrow('invalid address "b" in --add-host a:b');
});

test('--build-context names folders, images, repositories and archives', () => {
  const places = ['base=../base', 'x=/abs', 'y=docker-image://a:1', 'z=oci-layout://out:v1', 'g=https://h/a.git#main'];
  expect(readBuildContexts(places, '/srv')).toEqual({
    base: '/base',
    x: '/abs',
    y: 'docker-image://a:1',
    z: 'oci-layout:///srv/out:v1',
    g: 'https://h/a.git#main',
  });
  expect(() => readBuildContexts(['base'], '/')).toThrow('malformed value of --build-context: base');
  expect(() => readBuildContexts(['base=ftp://x'], '/')).toThrow('--build-context base=ftp://x is not supported');
});

test('SOURCE_DATE_EPOCH is whole seconds', () => {
  expect([readEpoch('0'), readEpoch('1700000000'), readEpoch(''), readEpoch(undefined)]).toEqual([
    { sourceDateEpoch: 0 },
    { sourceDateEpoch: 1_700_000_000 },
    {},
    {},
  ]);
  expect(() => readEpoch('1.5')).toThrow('invalid SOURCE_DATE_EPOCH "1.5"');
});

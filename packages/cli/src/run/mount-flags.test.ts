import { describe, expect, test } from 'vitest';
import { readMount, readTmpfs, readVolume } from './mount-flags.ts';

test('a volume binds a path of this machine', () => {
  expect(readVolume('/data:/m', '/w')).toEqual({ type: 'bind', source: '/data', target: '/m', readOnly: false });
  expect(readVolume('./x/../y:/m:ro', '/w')).toEqual({ type: 'bind', source: '/w/y', target: '/m', readOnly: true });
  expect(readVolume('.:/m:rw', '/w')).toEqual({ type: 'bind', source: '/w', target: '/m', readOnly: false });
});

describe('what is no path of this machine, or no option', () => {
  test.each([
    ['/m', '--volume /m: a volume without a source is not supported'],
    ['name:/m', '--volume name:/m: a named volume is not supported'],
    ['/a:/m:z', '--volume /a:/m:z: the option z is not supported'],
    ['/a:/m:ro:rw', '--volume /a:/m:ro:rw: the option ro is not supported'],
  ])('%s is refused', (text, message) => {
    expect(() => readVolume(text, '/w')).toThrow(message);
  });
});

test('a mount has the names of docker', () => {
  expect(readMount('type=bind,src=a,dst=/m,readonly', '/w')).toEqual({
    type: 'bind',
    source: '/w/a',
    target: '/m',
    readOnly: true,
  });
  expect(readMount('type=bind,source=/a,target=/m,ro=false', '/w')).toMatchObject({ readOnly: false });
  expect(readMount('type=tmpfs,destination=/t,tmpfs-size=1m', '/w')).toEqual({
    type: 'tmpfs',
    target: '/t',
    sizeBytes: 1048576,
  });
});

test.each([
  ['src=name,dst=/m', 'unsupported value of --mount: src=name,dst=/m'],
  ['type=volume,dst=/m', 'unsupported value of --mount: type=volume,dst=/m'],
  ['type=bind,dst=/m', 'unsupported value of --mount: type=bind,dst=/m'],
  ['type=bind,src=/a', '--mount type=bind,src=/a has no target'],
  ['type=bind,src=/a,dst=/m,bind-propagation=shared', 'bind-propagation is not supported'],
  ['type=tmpfs,dst=/t,tmpfs-mode=700', 'tmpfs-mode is not supported'],
  ['type=bind,src=/a,dst=/m,readonly=maybe', 'readonly is true or false'],
])('--mount %s is refused', (text, message) => {
  expect(() => readMount(text, '/w')).toThrow(message);
});

test('a tmpfs may have a size, and nothing else', () => {
  expect(readTmpfs('/t')).toEqual({ type: 'tmpfs', target: '/t' });
  expect(readTmpfs('/t:size=64k')).toEqual({ type: 'tmpfs', target: '/t', sizeBytes: 65536 });
  expect(() => readTmpfs('/t:mode=700')).toThrow('unsupported option of --tmpfs /t:mode=700');
});

import { expect, test } from 'vitest';
import { addressClassOf } from './address-class.ts';

test.each([
  ['localhost', 'loopback'],
  ['LOCALHOST.', 'loopback'],
  ['app.localhost', 'loopback'],
  ['127.0.0.1', 'loopback'],
  ['127.255.0.3', 'loopback'],
  ['0.0.0.0', 'loopback'],
  ['[::1]', 'loopback'],
  ['[::]', 'loopback'],
  ['[::ffff:127.0.0.1]', 'loopback'],
  ['169.254.169.254', 'link-local'],
  ['[fe80::1]', 'link-local'],
  ['[::ffff:169.254.1.1]', 'link-local'],
  ['10.0.0.1', 'other'],
  ['[2001:db8::1]', 'other'],
  ['registry.test', 'other'],
  ['localhost.example.com', 'other'],
])('%s is %s', (host, expected) => {
  expect(addressClassOf(host)).toBe(expected);
});

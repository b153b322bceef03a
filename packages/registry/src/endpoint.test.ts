import { expect, test } from 'vitest';
import { endpointOf, mirrorsOf } from './endpoint.ts';

const baseOf = (registry: string, hosts = {}): string => endpointOf(registry, hosts).base.href;

test.each([
  ['docker.io', 'https://registry-1.docker.io/v2/'],
  ['registry.test:5000', 'https://registry.test:5000/v2/'],
  ['localhost:5000', 'http://localhost:5000/v2/'],
  ['127.0.0.1', 'http://127.0.0.1/v2/'],
  ['127.8.0.1:80', 'http://127.8.0.1/v2/'],
  ['[::1]:5000', 'http://[::1]:5000/v2/'],
  ['10.0.0.1:5000', 'https://10.0.0.1:5000/v2/'],
])('%s is spoken to at %s', (registry, base) => {
  expect(baseOf(registry)).toBe(base);
});

test('options decide between HTTP and TLS', () => {
  expect(baseOf('registry.test', { 'registry.test': { plainHttp: true } })).toBe('http://registry.test/v2/');
  expect(baseOf('localhost:1', { 'localhost:1': { plainHttp: false } })).toBe('https://localhost:1/v2/');
  expect(baseOf('localhost:1', { 'localhost:1': { ca: 'PEM' } })).toBe('https://localhost:1/v2/');
  expect(baseOf('localhost:1', { 'localhost:1': { insecure: true } })).toBe('https://localhost:1/v2/');
});

test('mirrors may lie below a path', () => {
  const hosts = { 'docker.io': { mirrors: ['mirror.test/hub', 'localhost:5000'] } };
  expect(mirrorsOf('docker.io', hosts).map(({ base }) => base.href)).toEqual([
    'https://mirror.test/hub/v2/',
    'http://localhost:5000/v2/',
  ]);
});

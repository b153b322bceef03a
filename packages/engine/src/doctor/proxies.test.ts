import { expect, test } from 'vitest';
import { findProxies } from './proxies.ts';

test('the variables that count are named as they are used, without passwords', () => {
  const env = {
    HTTP_PROXY: 'http://upper.example:3128',
    http_proxy: 'http://me:secret@lower.example:3128',
    HTTPS_PROXY: 'me:secret@bare.example:3128',
    https_proxy: '',
    no_proxy: '.example,10.0.0.0/8',
    ALL_PROXY: 'socks5://other.example',
  };
  expect(findProxies(env)).toEqual({
    http_proxy: 'http://***@lower.example:3128',
    HTTPS_PROXY: '***@bare.example:3128',
    no_proxy: '.example,10.0.0.0/8',
  });
  expect(findProxies({})).toEqual({});
});

import { expect, test } from 'vitest';
import { containerProcess } from './container-process.ts';

const CONFIG = {
  Entrypoint: ['/entry'],
  Cmd: ['default'],
  Env: ['PATH=/bin', 'A=1=2', 'EMPTY='],
  User: 'app:1',
  WorkingDir: '/srv',
};

test('a process is what the config says', () => {
  expect(containerProcess(CONFIG, [], {})).toEqual({
    args: ['/entry', 'default'],
    env: { PATH: '/bin', HOSTNAME: 'tsbuild', A: '1=2', EMPTY: '' },
    cwd: '/srv',
    user: 'app:1',
    hostname: 'tsbuild',
    network: 'host',
    isReadOnly: false,
    extraHosts: [],
  });
});

test('arguments replace CMD, an entrypoint replaces both', () => {
  expect(containerProcess(CONFIG, ['a', 'b'], {}).args).toEqual(['/entry', 'a', 'b']);
  expect(containerProcess(CONFIG, [], { entrypoint: ['/other'] }).args).toEqual(['/other']);
  expect(containerProcess(CONFIG, ['a'], { entrypoint: [] }).args).toEqual(['a']);
  expect(() => containerProcess({}, [], {})).toThrow('no command to run');
});

test('options win over the config, and an image without anything gets what docker gives it', () => {
  expect(containerProcess(CONFIG, [], { env: { A: '', B: '2' }, user: '7', cwd: '/', hostname: 'box' })).toMatchObject({
    env: { PATH: '/bin', HOSTNAME: 'box', A: '', B: '2', EMPTY: '' },
    user: '7',
    cwd: '/',
  });
  const terminal = { columns: 80, rows: 24 };
  expect(containerProcess({}, ['x'], { terminal })).toMatchObject({
    env: { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', TERM: 'xterm' },
    cwd: '/',
    user: '',
  });
  expect(() => containerProcess({}, ['x'], { cwd: 'relative' })).toThrow('is not absolute');
});

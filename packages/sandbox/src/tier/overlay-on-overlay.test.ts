import { expect, test } from 'vitest';
import { explainOverlay } from './overlay-on-overlay.ts';

test.skipIf(process.platform !== 'linux')(
  'a tmpfs of an older kernel is named, any other failure is left as it is',
  () => {
    const inOverlay = new Error("EIO: i/o error, mkdir '/dev/shm/store/d'");
    expect(explainOverlay(inOverlay, '/dev/shm')).toMatchObject({
      message: 'the store lies on a tmpfs, which before Linux 6.6 takes no overlay of an ordinary user',
      hint: 'put the store on another file system, as a volume: --root or TSBUILD_ROOT',
    });
    const other = new Error('EPERM: operation not permitted, mount overlay');
    expect(explainOverlay(other, '/dev/shm')).toBe(other);
    expect(explainOverlay(inOverlay, '/proc')).toBe(inOverlay);
  },
);

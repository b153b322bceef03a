import type { ExecMount } from '@tsbuild/core';
import { MS_NODEV, MS_NOSUID } from '../../linux/flags.ts';
import { mount } from '../../linux/libc.ts';
import type { RunPlace } from '../run-place.ts';
import type { StagedMount } from './stage.ts';

/** An empty folder in memory. */
export function stageTmpfs({ sizeBytes }: Extract<ExecMount, { kind: 'tmpfs' }>, place: RunPlace): StagedMount {
  const path = place.newFolder();
  const data = sizeBytes === undefined ? 'mode=1777' : `mode=1777,size=${sizeBytes}`;
  mount({ source: 'tmpfs', target: path, type: 'tmpfs', flags: MS_NODEV | MS_NOSUID, data });
  return { path, isDirectory: true };
}

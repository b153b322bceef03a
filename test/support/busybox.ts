import { readFile } from 'node:fs/promises';
import type { Builder, MemoryFile } from '@tsbuild/engine';
import { mustRun } from './command.ts';
import { editConfig } from './edit-config.ts';
import { findCommand } from './parts.ts';

const PASSWD = [
  'root:x:0:0:root:/root:/bin/sh',
  'daemon:x:1:1:daemon:/usr/sbin:/bin/false',
  'bin:x:2:2:bin:/bin:/bin/false',
  'nobody:x:65534:65534:nobody:/home:/bin/false',
];
const GROUP = ['root:x:0:', 'daemon:x:1:', 'bin:x:2:', 'nobody:x:65534:'];

/**
 * Saves `busybox:latest` in the store of `builder`, made from the machine's own static busybox: the base image that
 * test/conformance/README.md describes. Needs the part `busybox`.
 */
export async function saveBusybox(builder: Builder): Promise<void> {
  await builder.build({
    context: { files: await busyboxFiles() },
    dockerfile: 'FROM scratch\nCOPY . /\nCMD ["sh"]\n',
    tags: ['busybox:latest'],
  });
  await editConfig(builder.root, 'docker.io/library/busybox:latest', ({ config, ...rest }) => {
    const { Env = [], Cmd = [] } = config ?? {};
    return { ...rest, config: { Env, Cmd } };
  });
}

async function busyboxFiles(): Promise<Record<string, MemoryFile>> {
  const busybox = findCommand('busybox') ?? 'busybox';
  const applets = (await mustRun([busybox, '--list'])).split('\n').filter((name) => name !== '' && name !== 'busybox');
  const folders = ['dev', 'proc', 'root', 'sys', 'usr/bin', 'var'];
  return {
    'bin/busybox': { content: await readFile(busybox), mode: 0o755 },
    ...Object.fromEntries(applets.map((name) => [`bin/${name}`, { symlink: 'busybox' }])),
    ...Object.fromEntries(folders.map((path) => [path, { directory: true, mode: 0o755 }])),
    tmp: { directory: true, mode: 0o1777 },
    'etc/passwd': `${PASSWD.join('\n')}\n`,
    'etc/group': `${GROUP.join('\n')}\n`,
  };
}

import { readFileSync } from 'node:fs';
import type { ProcessSpec } from '@tsbuild/core';

export const DEFAULT_HOSTNAME = 'buildkitsandbox';

/** Contents of `/etc/hosts` as BuildKit writes them. */
export function hostsFile({ hostname = DEFAULT_HOSTNAME, extraHosts = [] }: ProcessSpec): string {
  const lines = [`127.0.0.1\tlocalhost ${hostname}`, '::1\tlocalhost ip6-localhost ip6-loopback'];
  for (const { name, address } of extraHosts) lines.push(`${address}\t${name}`);
  return `${lines.join('\n')}\n`;
}

/** The machine's own `/etc/resolv.conf`; empty when it has none. */
export function resolverFile(): string {
  try {
    return readFileSync('/etc/resolv.conf', 'utf8');
  } catch {
    return '';
  }
}

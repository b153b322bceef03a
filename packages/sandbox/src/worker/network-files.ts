import { readFileSync } from 'node:fs';
import type { ExecMount, ProcessSpec } from '@tsbuild/core';

export const DEFAULT_HOSTNAME = 'buildkitsandbox';

/** `/etc/hosts` and `/etc/resolv.conf` of a command. */
export function networkFiles(process: ProcessSpec): Extract<ExecMount, { kind: 'file' }>[] {
  const file = (target: string, text: string) =>
    ({ kind: 'file', target, data: Buffer.from(text), mode: 0o644 }) as const;
  return [file('/etc/hosts', hostsFile(process)), file('/etc/resolv.conf', resolverFile())];
}

/** As BuildKit writes it. */
function hostsFile({ hostname = DEFAULT_HOSTNAME, extraHosts = [] }: ProcessSpec): string {
  const lines = [`127.0.0.1\tlocalhost ${hostname}`, '::1\tlocalhost ip6-localhost ip6-loopback'];
  for (const { name, address } of extraHosts) lines.push(`${address}\t${name}`);
  return `${lines.join('\n')}\n`;
}

/** The machine's own; empty when it has none. */
function resolverFile(): string {
  try {
    return readFileSync('/etc/resolv.conf', 'utf8');
  } catch {
    return '';
  }
}

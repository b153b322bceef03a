import { linesOf } from './control-text.ts';
import type { Distribution } from './found-package.ts';

/** @see https://www.freedesktop.org/software/systemd/man/latest/os-release.html */
export function readOsRelease(text: string): Distribution | undefined {
  const values = new Map<string, string>();
  for (const line of linesOf(text)) {
    const [, name = '', value = ''] = /^([A-Z0-9_]+)=(.*)$/.exec(line.trim()) ?? [];
    if (name !== '') values.set(name, unquote(value));
  }
  const id = values.get('ID')?.toLowerCase();
  if (id === undefined || !/^[a-z0-9._-]+$/.test(id)) return undefined;
  return { id, versionId: values.get('VERSION_ID'), name: values.get('PRETTY_NAME') ?? values.get('NAME') ?? id };
}

function unquote(value: string): string {
  const [, , quoted] = /^(["'])(.*)\1$/.exec(value) ?? [];
  return (quoted ?? value).replace(/\\(["'$`\\])/g, '$1');
}

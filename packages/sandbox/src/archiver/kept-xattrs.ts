import { getXattr, listXattrs } from '../linux/libc.ts';

/**
 * The extended attributes that belong to a file and not to this machine: file capabilities and the user's own. Those of
 * overlays, of SELinux, of IMA and the like are left out.
 */
export function keptXattrs(path: string): Readonly<Record<string, Uint8Array>> | undefined {
  const kept: Record<string, Uint8Array> = {};
  let isEmpty = true;
  for (const name of listXattrs(path)) {
    if (name !== 'security.capability' && (!name.startsWith('user.') || name.startsWith('user.overlay.'))) continue;
    const value = getXattr(path, name);
    if (value === undefined) continue;
    kept[name] = value;
    isEmpty = false;
  }
  return isEmpty ? undefined : kept;
}

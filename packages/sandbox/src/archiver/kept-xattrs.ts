import { getXattr, listXattrs } from '../linux/libc.ts';
import { isOwnerNote } from './owner.ts';

/**
 * The extended attributes that belong to a file and not to this machine: file capabilities and the user's own. Those of
 * overlays, of SELinux, of IMA and the like are left out.
 */
export function keptXattrs(path: string): Readonly<Record<string, Uint8Array>> | undefined {
  const kept: Record<string, Uint8Array> = {};
  let isEmpty = true;
  for (const name of listXattrs(path)) {
    if (!isKeptXattr(name)) continue;
    const value = getXattr(path, name);
    if (value === undefined) continue;
    kept[name] = value;
    isEmpty = false;
  }
  return isEmpty ? undefined : kept;
}

/** False also for names by which an archive could tell an overlay what to show. */
export function isKeptXattr(name: string): boolean {
  if (name === 'security.capability') return true;
  return name.startsWith('user.') && !name.startsWith('user.overlay.') && !isOwnerNote(name);
}

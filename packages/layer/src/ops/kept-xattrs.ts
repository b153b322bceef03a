/** BuildKit's layers carry this attribute and no other. */
const KEPT = 'security.capability';

/** The extended attributes that a copy keeps; undefined when none. */
export function keptXattrs(
  xattrs: Readonly<Record<string, Uint8Array>> | undefined,
): Readonly<Record<string, Uint8Array>> | undefined {
  const value = xattrs?.[KEPT];
  return value === undefined ? undefined : { [KEPT]: value };
}

import { archive, member, pax } from './archive.ts';

/** An entry of an archive; `flag` is its type: 1 hardlink, 2 symlink, 3 char, 5 directory, 6 fifo. */
export interface ArchiveEntry {
  readonly name: string;
  readonly content?: string;
  /** @default '0', a file */
  readonly flag?: string;
  readonly link?: string;
  readonly mode?: number;
  readonly uid?: number;
  readonly gid?: number;
  readonly major?: number;
  readonly minor?: number;
  readonly xattrs?: Readonly<Record<string, Uint8Array>>;
}

/** A tar archive of any entries. */
export function archiveOf(entries: readonly ArchiveEntry[]): Buffer {
  return archive(...entries.flatMap(encode));
}

function encode({ name, content = '', flag = '0', link = '', xattrs, ...entry }: ArchiveEntry): Buffer[] {
  const { mode = flag === '5' ? 0o755 : 0o644, uid = 0, gid = 0, major = 0, minor = 0 } = entry;
  const fields = {
    type: flag,
    link,
    mode: octal(mode),
    uid: octal(uid),
    gid: octal(gid),
    major: octal(major),
    minor: octal(minor),
  };
  const records = Object.entries(xattrs ?? {}).map(([key, value]) => [`SCHILY.xattr.${key}`, Buffer.from(value)]);
  return [...(records.length === 0 ? [] : [pax(Object.fromEntries(records))]), member(name, content, fields)];
}

function octal(value: number): string {
  return `${value.toString(8).padStart(7, '0')}\0`;
}

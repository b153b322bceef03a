/** An entry of a ustar archive; texts go into the header as they are. */
export interface ArchiveEntry {
  readonly name: string;
  readonly content?: string;
  /** Type flag: 0 file, 1 hardlink, 2 symlink, 3 char, 5 directory, 6 fifo, x PAX header. @default '0' */
  readonly flag?: string;
  readonly link?: string;
  readonly mode?: number;
  readonly uid?: number;
  readonly gid?: number;
}

/** A tar archive, written by hand so that it may be anything. */
export function archiveOf(entries: readonly ArchiveEntry[]): Buffer {
  return Buffer.concat([...entries.flatMap(encode), Buffer.alloc(1024)]);
}

/** A PAX header for the entry after it. */
export function paxOf(key: string, value: Uint8Array): ArchiveEntry {
  const text = ` ${key}=${Buffer.from(value).toString('latin1')}\n`;
  const length = text.length + String(text.length + 2).length;
  return { name: 'pax', flag: 'x', content: `${length}${text}` };
}

function encode({ name, content = '', flag = '0', link = '', ...entry }: ArchiveEntry): Buffer[] {
  const body = Buffer.from(content, 'latin1');
  const header = Buffer.alloc(512);
  const octal = (value: number, length: number): string => `${value.toString(8).padStart(length - 1, '0')}\0`;
  header.write(name, 0);
  header.write(octal(entry.mode ?? (flag === '5' ? 0o755 : 0o644), 8), 100);
  header.write(octal(entry.uid ?? 0, 8) + octal(entry.gid ?? 0, 8), 108);
  header.write(octal(body.length, 12) + octal(1234, 12), 124);
  header.write(`        ${flag}${link}`, 148);
  header.write('ustar\x0000', 257);
  header.write(octal(1, 8) + octal(3, 8), 329);
  header.write(
    `${header
      .reduce((sum, byte) => sum + byte, 0)
      .toString(8)
      .padStart(6, '0')}\0`,
    148,
  );
  return [header, body, Buffer.alloc((512 - (body.length % 512)) % 512)];
}

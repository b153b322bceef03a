import { damagedArchive } from './errors.ts';

/**
 * Records of an extended header. Keys are text (latin1 keeps any bytes), values are bytes: capabilities are binary.
 * @see https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html#tag_20_94_13_03
 */
export type PaxRecords = ReadonlyMap<string, Buffer>;

/** Prefix of the records that hold extended attributes. */
export const XATTR_PREFIX = 'SCHILY.xattr.';

const EQUALS = 0x3d;
const NEWLINE = 0x0a;
const SPACE = 0x20;

/** The body of an extended header, its records in the order of their keys. */
export function encodePax(records: PaxRecords): Buffer {
  const keys = [...records.keys()].sort();
  return Buffer.concat(keys.map((key) => encodeRecord(key, records.get(key) ?? Buffer.alloc(0))));
}

/** `length key=value\n`, where the length counts itself. */
function encodeRecord(key: string, value: Buffer): Buffer {
  const name = Buffer.from(key, 'latin1');
  const rest = name.length + value.length + 3;
  let length = rest + String(rest).length;
  if (String(length).length !== String(rest).length) length = rest + String(length).length;
  return Buffer.concat([Buffer.from(`${length} `), name, Buffer.of(EQUALS), value, Buffer.of(NEWLINE)]);
}

/** Reads the body of an extended header. An empty value takes back what a global header said. @throws {LayerError} */
export function parsePax(body: Buffer): Map<string, Buffer> {
  const records = new Map<string, Buffer>();
  for (let at = 0; at < body.length; ) {
    const space = body.indexOf(SPACE, at);
    const length = space === -1 || space - at > 10 ? Number.NaN : decimal(body.toString('latin1', at, space));
    const end = at + length;
    if (!(end > space + 1 && end <= body.length) || body[end - 1] !== NEWLINE) throw badRecord();
    const equals = body.indexOf(EQUALS, space + 1);
    if (equals <= space + 1 || equals >= end) throw badRecord();
    addRecord(records, body.toString('latin1', space + 1, equals), body.subarray(equals + 1, end - 1));
    at = end;
  }
  return records;
}

/** GNU tar's sparse format 0.0 repeats keys; its pairs become the comma-separated map of format 0.1. */
function addRecord(records: Map<string, Buffer>, key: string, value: Buffer): void {
  if (key !== 'GNU.sparse.offset' && key !== 'GNU.sparse.numbytes') {
    records.set(key, value);
    return;
  }
  const before = records.get('GNU.sparse.map');
  records.set('GNU.sparse.map', before === undefined ? value : Buffer.concat([before, Buffer.from(','), value]));
}

/** A whole number in a record. @throws {LayerError} */
export function paxInteger(key: string, value: Buffer): number {
  const number = decimal(value.toString('latin1'));
  if (!Number.isSafeInteger(number)) throw damagedArchive(`PAX record ${key} is not a number`);
  return number;
}

/** A time in a record, seconds with a fraction. @throws {LayerError} */
export function paxTime(key: string, value: Buffer): number {
  const text = value.toString('latin1');
  if (!/^-?\d{1,15}(\.\d*)?$/.test(text)) throw damagedArchive(`PAX record ${key} is not a time`);
  return Number(text);
}

function decimal(text: string): number {
  return /^-?\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
}

function badRecord(): Error {
  return damagedArchive('a PAX header has a malformed record');
}

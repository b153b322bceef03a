import { TsbuildError } from '@tsbuild/core';

/** As whom a command runs. */
export interface User {
  readonly uid: number;
  readonly gid: number;
  /** Supplementary groups, the primary one left out. */
  readonly groups: readonly number[];
  readonly home: string;
}

interface PasswdEntry {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  readonly home: string;
}

interface GroupEntry {
  readonly name: string;
  readonly gid: number;
  readonly members: readonly string[];
}

const MAX_ID = 0xffff_fffe;

/**
 * Looks up `name`, `uid`, `name:group`, `uid:gid` … as runc does: a uid without an entry has group 0 and home `/`, a
 * named group drops the supplementary groups, a number that is no name stands for itself.
 * @throws {TsbuildError} when a name is unknown
 */
export function findUser(spec: string, passwd: string, group: string): User {
  const colon = spec.indexOf(':');
  const userPart = colon === -1 ? spec : spec.slice(0, colon);
  const groupPart = colon === -1 ? '' : spec.slice(colon + 1);
  const entry = findPasswdEntry(userPart === '' ? '0' : userPart, passwd);
  const groups = parseGroup(group);
  if (groupPart !== '') return { ...entry, gid: findGroup(groupPart, groups), groups: [] };
  const isMember = ({ members, gid }: GroupEntry) =>
    entry.name !== '' && members.includes(entry.name) && gid !== entry.gid;
  return { ...entry, groups: [...new Set(groups.filter(isMember).map(({ gid }) => gid))] };
}

function findPasswdEntry(user: string, passwd: string): PasswdEntry {
  const id = parseId(user);
  for (const entry of parsePasswd(passwd)) {
    if (entry.name === user || entry.uid === id) return entry;
  }
  if (id === undefined) throw unknown('user', user, 'passwd');
  return { name: '', uid: id, gid: 0, home: '/' };
}

function findGroup(group: string, entries: readonly GroupEntry[]): number {
  const id = parseId(group);
  const entry = entries.find(({ name, gid }) => name === group || gid === id);
  const gid = entry?.gid ?? id;
  if (gid === undefined) throw unknown('group', group, 'group');
  return gid;
}

function* parsePasswd(text: string): Generator<PasswdEntry> {
  for (const line of text.split('\n')) {
    const [name = '', , uidText = '', gidText = '', , home = ''] = line.trim().split(':');
    const [uid, gid] = [parseId(uidText), parseId(gidText)];
    if (name === '' || uid === undefined || gid === undefined) continue;
    yield { name, uid, gid, home: home === '' ? '/' : home };
  }
}

function parseGroup(text: string): GroupEntry[] {
  const entries: GroupEntry[] = [];
  for (const line of text.split('\n')) {
    const [name = '', , gidText = '', members = ''] = line.trim().split(':');
    const gid = parseId(gidText);
    if (name !== '' && gid !== undefined) entries.push({ name, gid, members: members.split(',') });
  }
  return entries;
}

function parseId(text: string): number | undefined {
  if (!/^[0-9]{1,10}$/.test(text)) return undefined;
  const id = Number(text);
  return id <= MAX_ID ? id : undefined;
}

function unknown(kind: 'user' | 'group', name: string, file: string): TsbuildError {
  return new TsbuildError(
    'ERR_TSBUILD_SANDBOX',
    `unable to find ${kind} ${name}: no matching entries in ${file} file`,
    {
      hint: `add it to /etc/${file} in an earlier step, or use a number`,
    },
  );
}

import { existsSync, readFileSync } from 'node:fs';

export interface OrdinaryUser {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/** The first user of this machine, other than root, who has subordinate ids. */
export function findOrdinaryUser(): OrdinaryUser | undefined {
  const owners = new Set(fieldsOf('/etc/subuid').map(([name]) => name));
  const found = fieldsOf('/etc/passwd').find(([name, , uid]) => uid !== '0' && owners.has(name));
  const [name = '', , uid, gid] = found ?? [];
  return found && { name, uid: Number(uid), gid: Number(gid) };
}

function fieldsOf(file: string): string[][] {
  const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [];
  return lines.filter((line) => line !== '').map((line) => line.split(':'));
}

import { existsSync, readFileSync } from 'node:fs';

/** A user of this machine who may make user namespaces with several ids, and the first of them. */
export const ordinaryUser = findOrdinaryUser();

function findOrdinaryUser(): { readonly uid: number; readonly firstId: number } | undefined {
  const ranges = new Map(fieldsOf('/etc/subuid').map(([name, start]) => [name, Number(start)]));
  for (const [name, , uid] of fieldsOf('/etc/passwd')) {
    const firstId = ranges.get(name);
    if (firstId !== undefined && uid !== '0') return { uid: Number(uid), firstId };
  }
  return undefined;
}

function fieldsOf(file: string): string[][] {
  const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [];
  return lines.filter((line) => line !== '').map((line) => line.split(':'));
}

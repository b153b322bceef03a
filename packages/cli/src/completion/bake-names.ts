import { loadBake } from '@tsbuild/bake';
import type { WordsBefore } from './words-before.ts';

/** Names of the groups and targets of the files that a command line names; none if there are no such files or they have mistakes. */
export async function bakeNames({ values }: WordsBefore, cwd: string): Promise<readonly string[]> {
  const [files, envFiles] = [values.get('file'), values.get('env-file')];
  try {
    const { groups, targets } = await loadBake({ cwd, ...(files && { files }), ...(envFiles && { envFiles }) });
    return [...new Set([...groups.keys(), ...targets.keys()])];
  } catch {
    return [];
  }
}

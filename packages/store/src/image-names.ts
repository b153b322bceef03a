import { readdirSync, readFileSync, statSync } from 'node:fs';
import { isStoredReference, MAX_REFERENCE_BYTES } from './references.ts';
import { storeRoot } from './root.ts';
import { unsealJson } from './sealed.ts';

/**
 * Complete names of the images in the store in `root`, in their order, for who only wants to offer them: the store is not
 * opened, so nothing is made, marked as used or waited for. What is no store has none.
 */
export function readImageNames(root?: string): readonly string[] {
  const folder = storeRoot(root, process.env);
  return listNames(`${folder}/refs`)
    .flatMap((name) => readName(folder, `refs/${name}`) ?? [])
    .sort();
}

function listNames(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** Nothing of a file that went meanwhile, or is damaged. */
function readName(folder: string, file: string): string | undefined {
  try {
    const path = `${folder}/${file}`;
    if (statSync(path).size > MAX_REFERENCE_BYTES) return undefined;
    const value = unsealJson(file, readFileSync(path, 'utf8'));
    return isStoredReference(value) ? value.reference : undefined;
  } catch {
    return undefined;
  }
}

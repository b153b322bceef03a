import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { test } from 'vitest';

/** Set by `.ci/run`: a test whose part is missing fails instead of being skipped. */
const MUST_HAVE_ALL = process.env.TSBUILD_TEST_ALL === '1';

/**
 * A test that needs real parts: commands (`skopeo`), files (`/usr/bin/python3`) or `root`. Where one is missing the
 * test says so in its title and is skipped, or fails when `TSBUILD_TEST_ALL=1`.
 *
 * @example testWith('skopeo', 'root')('skopeo reads the archive', async () => { … });
 */
export function testWith(
  ...parts: readonly string[]
): (title: string, run: () => Promise<void> | void, timeoutMs?: number) => void {
  const missing = parts.filter((part) => !hasPart(part));
  if (missing.length === 0) return (title, run, timeoutMs) => test(title, run, timeoutMs);
  const note = `needs ${missing.join(', ')}`;
  if (MUST_HAVE_ALL) {
    return (title) =>
      test(title, () => {
        throw new Error(`${note}, and TSBUILD_TEST_ALL=1 allows no skip`);
      });
  }
  return (title) => test.skip(`${title} (${note})`);
}

/** True when this machine has the part. */
export function hasPart(part: string): boolean {
  if (part === 'root') return process.getuid?.() === 0;
  return part.startsWith('/') ? existsSync(part) : findCommand(part) !== undefined;
}

/** Absolute path of a command, looked up in PATH and the administrator's folders. */
export function findCommand(name: string): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin'];
  return folders.map((folder) => join(folder, name)).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

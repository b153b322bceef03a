import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { test } from 'vitest';

/** Set by `.ci/run`: a test whose part is missing fails instead of being skipped. */
const MUST_HAVE_ALL = process.env.TSBUILD_TEST_ALL === '1';

type Run = () => Promise<void> | void;
type DefineTest = (title: string, run: Run, timeoutMs?: number) => void;

/**
 * Defines a test that needs real parts: commands (`skopeo`), files (`/usr/bin/python3`) or `root`. Where one is missing
 * the test says so in its title and is skipped, or fails when `TSBUILD_TEST_ALL=1`.
 *
 * @example testWith('skopeo', 'root')('skopeo reads the archive', async () => { … });
 */
export function testWith(...parts: readonly string[]): DefineTest {
  return defineWith(parts, (title, run, timeoutMs) => test(title, run, timeoutMs));
}

/** Like {@link testWith}, for tests that may run at the same time as their neighbours. */
export function concurrentTestWith(...parts: readonly string[]): DefineTest {
  return defineWith(parts, (title, run, timeoutMs) => test.concurrent(title, run, timeoutMs));
}

function defineWith(parts: readonly string[], define: DefineTest): DefineTest {
  const missing = parts.filter((part) => !hasPart(part));
  if (missing.length === 0) return define;
  const note = `needs ${missing.join(', ')}`;
  if (!MUST_HAVE_ALL) return (title) => test.skip(`${title} (${note})`);
  return (title) =>
    test(title, () => {
      throw new Error(`${note}, and TSBUILD_TEST_ALL=1 allows no skip`);
    });
}

/** True when this machine has the part. */
export function hasPart(part: string): boolean {
  if (part === 'root') return process.getuid?.() === 0;
  return part.startsWith('/') ? existsSync(part) : findCommand(part) !== undefined;
}

/** Absolute path of a command, looked up in PATH and the administrator's folders. */
export function findCommand(name: string): string | undefined {
  if (name.startsWith('/')) return isExecutable(name) ? name : undefined;
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

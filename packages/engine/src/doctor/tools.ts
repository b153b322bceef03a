import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { ToolReport } from './diagnosis.ts';

const run = promisify(execFile);

const TOOLS: readonly (readonly [name: string, purpose: string, debianPackage: string])[] = [
  ['unshare', 'isolates RUN steps', 'util-linux'],
  ['nsenter', 'isolates RUN steps without root', 'util-linux'],
  ['newuidmap', 'gives RUN steps more users than one, without root', 'uidmap'],
  ['runc', 'runs RUN steps with --runner runc', 'runc'],
  ['crun', 'runs RUN steps with --runner crun', 'crun'],
  ['git', 'fetches build contexts that are repositories', 'git'],
  ['zstd', 'compresses layers with zstd on every core', 'zstd'],
];

/** Looks for the programs that tsbuild can use. */
export function findTools(): Promise<ToolReport[]> {
  return Promise.all(
    TOOLS.map(async ([name, purpose, debianPackage]) => {
      const version = await versionOf(name);
      return {
        name,
        purpose,
        ...(version === undefined ? { hint: `sudo apt-get install ${debianPackage}` } : { version }),
      };
    }),
  );
}

/** A program that is there but does not know `--version` is there all the same. */
async function versionOf(name: string): Promise<string | undefined> {
  try {
    const { stdout } = await run(name, ['--version'], { timeout: 5000 });
    return stdout.split('\n', 1)[0]?.trim() ?? '';
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ENOENT' ? undefined : 'there';
  }
}

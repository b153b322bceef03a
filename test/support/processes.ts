import { readdir, readFile } from 'node:fs/promises';

/** Pids of the processes that have `argument` as one of their arguments. */
export async function processesWith(argument: string): Promise<number[]> {
  const found = await forEachProcess(async (pid) => {
    const command = await readFile(`/proc/${pid}/cmdline`, 'utf8');
    return command.split('\0').includes(argument) ? [pid] : [];
  });
  return found.sort((a, b) => a - b);
}

/** Mount points below `folder`, or made of something below it, in the mount namespace of any process. */
export async function mountsOf(folder: string): Promise<string[]> {
  const found = await forEachProcess(async (pid) => {
    const lines = (await readFile(`/proc/${pid}/mountinfo`, 'utf8')).split('\n');
    return lines.filter((line) => line.includes(folder));
  });
  return [...new Set(found)];
}

/** Asks every process; those that end meanwhile have no answer. */
async function forEachProcess<T>(ask: (pid: number) => Promise<readonly T[]>): Promise<T[]> {
  const pids = (await readdir('/proc')).map(Number).filter(Number.isInteger);
  const answers = await Promise.all(pids.map((pid) => ask(pid).catch(() => [])));
  return answers.flat();
}

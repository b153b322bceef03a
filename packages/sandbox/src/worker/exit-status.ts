import type { ChildProcess } from 'node:child_process';
import { constants } from 'node:os';

/** Exit status of a process, 128 + n when signal n ended it. */
export function exitStatusOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal])));
  });
}

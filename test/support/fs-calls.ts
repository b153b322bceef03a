import fs from 'node:fs';
import promises from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';

/** How often each function of `node:fs` and `node:fs/promises` was called, by name. */
export type FsCalls = Readonly<Record<string, number>>;

type Functions = Record<string, unknown>;

/** Counts what `work` asks of the file system, all of this process included: nothing else may be at work. */
export async function countFsCalls(work: () => Promise<unknown>): Promise<FsCalls> {
  const calls: Record<string, number> = {};
  const restore = [count(fs as unknown as Functions, calls), count(promises as unknown as Functions, calls)];
  syncBuiltinESMExports();
  try {
    await work();
  } finally {
    for (const each of restore) each();
    syncBuiltinESMExports();
  }
  return Object.fromEntries(Object.entries(calls).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Wraps every function of the module; what is returned takes the wrappers off. */
function count(module: Functions, calls: Record<string, number>): () => void {
  const originals = Object.entries(module).filter(([name, value]) => isPlainFunction(name, value));
  for (const [name, original] of originals) {
    const call = original as (...args: unknown[]) => unknown;
    module[name] = Object.assign((...args: unknown[]) => {
      calls[name] = (calls[name] ?? 0) + 1;
      return call.apply(module, args);
    }, call);
  }
  return () => Object.assign(module, Object.fromEntries(originals));
}

/** Classes stay what they are. */
function isPlainFunction(name: string, value: unknown): boolean {
  return typeof value === 'function' && /^[a-z]/.test(name);
}

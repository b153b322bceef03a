import type { Diagnosis } from './diagnosis.ts';

/**
 * Finds out what this machine can do, by trying: the tiers of the sandbox start processes and mount, on the file system
 * of the store, and leave nothing behind. Makes the store, `root` or the default, if there is none. Names files and
 * hosts of credentials, never a secret.
 */
export async function diagnose(options: { readonly root?: string } = {}): Promise<Diagnosis> {
  return (await import('./diagnose.ts')).diagnoseMachine(options);
}

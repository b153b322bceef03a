import { existsSync, readFileSync, statfsSync } from 'node:fs';
import { join } from 'node:path';
import { OVERLAY } from './overlay-on-overlay.ts';

const CAP_SYS_ADMIN = 21n;
/** Docker and podman leave one of them. */
const MARKS = ['.dockerenv', 'run/.containerenv'];

/**
 * True in a container that keeps even root from making namespaces: it is itself the boundary that a changed root
 * directory is not. `root` is where the files of the machine lie.
 */
export function isOrdinaryContainer(root = '/'): boolean {
  const [, capabilities = '0'] =
    /^CapEff:\s*([0-9a-f]+)$/m.exec(readFileSync(join(root, 'proc/self/status'), 'utf8')) ?? [];
  if (((BigInt(`0x${capabilities}`) >> CAP_SYS_ADMIN) & 1n) === 1n) return false;
  return MARKS.some((mark) => existsSync(join(root, mark))) || statfsSync(root).type === OVERLAY;
}

import { mkdtempSync, rmdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { ROOT, run } from './run.mjs';

/** Any user may look into a folder with this bit. */
const OTHERS_MAY_ENTER = 0o001;

/** Mounts the checkout at another place, for this command alone, and runs it there. */
const RUN_ELSEWHERE = 'mount --bind "$1" "$2" && cd "$2" && shift 2 && exec "$@"';

/**
 * Runs a command in the checkout. Some tests of root act as another user, who must be able to read the code: where the
 * checkout lies in a private folder, such as /root, the command sees it at a public path.
 */
export async function runReachable(command, args, options) {
  if (process.getuid?.() !== 0 || isReachable(ROOT)) return run(command, args, options);
  const place = mkdtempSync('/var/tmp/tsbuild-checkout-');
  try {
    const script = ['--mount', '--', 'sh', '-c', RUN_ELSEWHERE, 'sh', ROOT, place, command, ...args];
    return await run('unshare', script, options);
  } finally {
    rmdirSync(place);
  }
}

function isReachable(path) {
  if ((statSync(path).mode & OTHERS_MAY_ENTER) === 0) return false;
  return path === '/' || isReachable(dirname(path));
}

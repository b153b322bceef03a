import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Folder of the checkout. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/**
 * Runs a command in the checkout without standard input. Its output is shown; with `quiet` only when it fails.
 * Resolves with the exit status, 1 when a signal ended it.
 */
export function run(command, args, { quiet = false, env = {} } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: ROOT,
      env: { ...process.env, ...env },
      stdio: ['ignore', quiet ? 'pipe' : 'inherit', quiet ? 'pipe' : 'inherit'],
    });
    const output = [];
    child.stdout?.on('data', (bytes) => output.push(bytes));
    child.stderr?.on('data', (bytes) => output.push(bytes));
    child.on('error', reject);
    child.on('close', (status) => {
      if (quiet && status !== 0) process.stderr.write(Buffer.concat(output));
      resolve(status ?? 1);
    });
  });
}

/** Like {@link run}, but a failure ends the script with that status. */
export async function mustRun(command, args, options) {
  const status = await run(command, args, options);
  if (status !== 0) {
    console.error(`failed with status ${status}: ${[command, ...args].join(' ')}`);
    process.exit(status);
  }
}

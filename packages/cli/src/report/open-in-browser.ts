import { spawn } from 'node:child_process';

const OPENERS: Partial<Readonly<Record<NodeJS.Platform, readonly [string, ...string[]]>>> = {
  darwin: ['open'],
  win32: ['cmd', '/c', 'start', ''],
};

/** Shows a file in the user's browser, and does not wait for it. Where there is none, nothing happens. */
export async function openInBrowser(path: string): Promise<void> {
  const [command, ...args] = OPENERS[process.platform] ?? ['xdg-open'];
  const browser = spawn(command, [...args, path], { detached: true, stdio: 'ignore' });
  await new Promise<void>((resolve) => {
    browser.once('spawn', resolve);
    browser.once('error', () => resolve());
  });
  browser.unref();
}

import { execFileSync, spawn } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { needsRoot, SandboxFixture } from '../test/fixture.ts';

/** Command lines of all processes of the machine. */
async function commandLines(): Promise<string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  return await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')));
}

async function isRunning(marker: string): Promise<boolean> {
  return (await commandLines()).some((line) => line.includes(marker));
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  await vi.waitUntil(condition, 30_000);
}

describe.skipIf(needsRoot !== '')(`the life of a command${needsRoot}`, () => {
  let sandbox: SandboxFixture;
  beforeAll(async () => {
    sandbox = await SandboxFixture.create();
  });
  afterAll(async () => {
    await sandbox[Symbol.asyncDispose]();
  });

  test('an abort ends it with everything it started, and the reason is thrown', async () => {
    const controller = new AbortController();
    const command = "trap '' TERM INT HUP; (setsid sleep 98701 &); sleep 98702";
    const run = sandbox.run(command, { process: { user: 'app' }, request: { signal: controller.signal } });
    await until(() => isRunning('98701'));
    const started = Date.now();
    controller.abort(new Error('enough'));
    await expect(run).rejects.toThrow('enough');
    expect(Date.now() - started).toBeLessThan(30_000);
    expect(await isRunning('9870')).toBe(false);
  });

  test('a signal that is already aborted starts nothing', async () => {
    await expect(sandbox.run('true', { request: { signal: AbortSignal.abort(new Error('no')) } })).rejects.toThrow(
      'no',
    );
  });

  test('an abort ends the packing of what it wrote, too', async () => {
    const controller = new AbortController();
    const createIngest = async () => ({
      write: async () => {
        controller.abort(new Error('enough'));
        await new Promise((resolve) => setTimeout(resolve, 10));
      },
      commit: () => Promise.reject(new Error('it was committed')),
      [Symbol.asyncDispose]: async () => undefined,
    });
    const request = { signal: controller.signal, createIngest };
    await expect(sandbox.run('head -c 50000000 /dev/zero > /f', { request })).rejects.toThrow('enough');
    expect((await sandbox.run('echo fine')).stdout).toBe('fine\n');
  });

  test('a time limit ends it', async () => {
    const { exitCode, isTimeout } = await sandbox.run('sleep 98703', { request: { timeoutMs: 200 } });
    expect({ exitCode, isTimeout }).toEqual({ exitCode: 137, isTimeout: true });
    expect(await isRunning('98703')).toBe(false);
  });

  test('what it leaves in the background ends with it', async () => {
    const { stdout } = await sandbox.run('(setsid sleep 98704 < /dev/null > /dev/null 2>&1 &); echo done');
    expect(stdout).toBe('done\n');
    expect(await isRunning('98704')).toBe(false);
  });

  test('output is complete, in any encoding, and waits for a slow reader', async () => {
    let [size, pending, most] = [0, 0, 0];
    const { exitCode } = await sandbox.run('head -c 20000000 /dev/urandom', {
      request: {
        onOutput: async (_, bytes) => {
          pending += 1;
          most = Math.max(most, pending);
          await new Promise((resolve) => setTimeout(resolve, 1));
          size += bytes.byteLength;
          pending -= 1;
        },
      },
    });
    expect({ exitCode, size, most }).toEqual({ exitCode: 0, size: 20_000_000, most: 1 });
    expect((await sandbox.run("printf '\\377\\200x'")).stdout).toBe('\ufffd\ufffdx');
  });

  test('it may close its output early', async () => {
    const { exitCode, entries } = await sandbox.run('exec >&- 2>&-; sleep 0.2; touch /f');
    expect({ exitCode, entries }).toEqual({ exitCode: 0, entries: ['f'] });
  });

  test('when its output cannot be taken in, it ends and the error is thrown', async () => {
    const onOutput = () => Promise.reject(new Error('no room for logs'));
    await expect(sandbox.run('yes', { request: { onOutput } })).rejects.toThrow('no room for logs');
    expect((await sandbox.run('echo fine')).stdout).toBe('fine\n');
  });

  test('the same when much more of it waits already', async () => {
    const onOutput = async () => {
      await new Promise((resolve) => setTimeout(resolve, 300));
      throw new Error('no room for logs');
    };
    await expect(sandbox.run('yes', { request: { onOutput } })).rejects.toThrow('no room for logs');
  });

  test('an abort waits for nobody who takes its output', async () => {
    const controller = new AbortController();
    const onOutput = async () => {
      controller.abort(new Error('enough'));
      await new Promise(() => undefined);
    };
    const request = { onOutput, signal: controller.signal };
    await expect(sandbox.run('yes', { request })).rejects.toThrow('enough');
  });

  test('a full disk is its own failure', async () => {
    const { exitCode, stderr } = await sandbox.run('cat /dev/zero > /small/f', {
      mounts: [{ kind: 'tmpfs', target: '/small', sizeBytes: 65536 }],
    });
    expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: 'cat: write error: No space left on device\n' });
  });

  test('disposing ends what runs', async () => {
    const other = await SandboxFixture.create();
    const run = other.run('sleep 98705');
    run.catch(() => undefined);
    await Promise.race([run, until(() => isRunning('98705'))]);
    await other[Symbol.asyncDispose]();
    await expect(run).rejects.toThrow('the sandbox was closed while a command ran');
    expect(await isRunning('98705')).toBe(false);
  });

  test('nothing of a closed sandbox holds up the process that closed it', () => {
    const places = JSON.stringify({
      snapshots: `${sandbox.folder}/closed`,
      scratch: `${sandbox.folder}/closed-scratch`,
    });
    const script = [
      `await (await (await import('@tsbuild/sandbox')).createSandbox(${places}))[Symbol.asyncDispose]();`,
      'console.log(process.getActiveResourcesInfo().filter((name) => name === "Timeout"));',
    ];
    const args = ['--input-type=module', '--eval', script.join('')];
    const cwd = fileURLToPath(new URL('..', import.meta.url));
    expect(execFileSync(process.execPath, args, { cwd, encoding: 'utf8' })).toBe('[]\n');
  });

  test('SIGKILL of the whole build leaves no process and no mount', async () => {
    const script = fileURLToPath(new URL('../test/run-forever.mjs', import.meta.url));
    const args = [script, sandbox.folder, sandbox.base.diffId, 'sleep 98706 & sleep 98706'];
    const build = spawn(process.execPath, args, { stdio: ['ignore', 'inherit', 'inherit'] });
    await until(() => isRunning('sleep\x0098706'));
    build.kill('SIGKILL');
    await until(async () => !(await isRunning('98706')));
    expect(await readFile('/proc/self/mountinfo', 'utf8')).not.toContain(sandbox.folder);
  });

  test('127 layers make a root', async () => {
    const layers = await Promise.all(
      Array.from({ length: 126 }, (_, n) => sandbox.layer(`mkdir d; echo ${n} > d/${n}; echo ${n} > last`)),
    );
    const { stdout } = await sandbox.run('ls /d | wc -l; cat /last', { rootfs: [sandbox.base, ...layers] });
    expect(stdout).toBe('126\n125\n');
  });
});

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { needsRoot, SandboxFixture } from '../test/fixture.ts';

describe.skipIf(needsRoot !== '')(`a command in the sandbox${needsRoot}`, () => {
  let sandbox: SandboxFixture;
  beforeAll(async () => {
    sandbox = await SandboxFixture.create();
  });
  afterAll(async () => {
    await sandbox[Symbol.asyncDispose]();
  });

  test('is the first process, with umask 022, empty stdin and no descriptors but its own', async () => {
    const { stdout } = await sandbox.run('echo $$; umask; wc -c; ls /proc/self/fd');
    expect(stdout).toBe('1\n0022\n0\n0\n1\n2\n3\n'); // 3 is the folder that ls reads
  });

  test('has exactly the environment given, names that no shell knows too, and HOME', async () => {
    const env = { 'npm.config': 'x y', LD_PRELOAD: '/nope.so', PATH: '/bin', EMPTY: '' };
    const { stdout, stderr } = await sandbox.run(['env'], { process: { env } });
    expect(stdout).toBe('npm.config=x y\nLD_PRELOAD=/nope.so\nPATH=/bin\nEMPTY=\nHOME=/root\n');
    expect(stderr).toBe('');
  });

  test('gets its arguments as they are', async () => {
    const { stdout } = await sandbox.run(['printf', '%s|', '', 'a b', '$X', '"', 'ü\n']);
    expect(stdout).toBe('|a b|$X|"|ü\n|');
  });

  test('is refused when an argument or a variable contains a NUL', async () => {
    await expect(sandbox.run(['true', 'a\0b'])).rejects.toThrow('contains a NUL');
    await expect(sandbox.run('true', { process: { env: { A: 'b\0c' } } })).rejects.toThrow('contains a NUL');
  });

  test('leads a session of its own, and neither ignores nor blocks a signal', async () => {
    const session = await sandbox.run("cut -d' ' -f1,6 /proc/1/stat");
    const signals = await sandbox.run(['grep', '-E', 'Sig(Blk|Ign)', '/proc/1/status']);
    expect(session.stdout).toBe('1 1\n');
    expect(signals.stdout).toBe('SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n');
  });

  test.each([
    ['exit 3', 3],
    ['nosuchcommand', 127],
    ["sh -c 'kill -9 $$; true'; exit $?", 137],
    ['kill -9 $$; exit 0', 0], // the first process of a pid namespace does not die of it
  ])('%s ends with status %i', async (command, status) => {
    const { exitCode } = await sandbox.run(command);
    expect(exitCode).toBe(status);
  });

  test('that does not exist ends with 127 and says so', async () => {
    const missing = await sandbox.run(['/no/such']);
    expect(missing).toMatchObject({ exitCode: 127, stderr: 'exec: "/no/such": no such file or directory\n' });
    const unknown = await sandbox.run(['nope']);
    expect(unknown).toMatchObject({ exitCode: 127, stderr: 'exec: "nope": executable file not found in $PATH\n' });
    const unreadable = await sandbox.run(['/etc/passwd']);
    expect(unreadable).toMatchObject({ exitCode: 126, stderr: 'exec: "/etc/passwd": permission denied\n' });
  });

  test('of a foreign format ends with 126', async () => {
    const layer = await sandbox.layer('echo nonsense > tool; chmod 755 tool');
    const { exitCode, stderr } = await sandbox.run(['/tool'], { rootfs: [sandbox.base, layer] });
    expect({ exitCode, stderr }).toEqual({ exitCode: 126, stderr: 'exec: "/tool": exec format error\n' });
  });

  test('with too many arguments ends with 126', async () => {
    const { exitCode, stderr } = await sandbox.run(['/bin/echo', 'x'.repeat(200_000)]);
    expect({ exitCode, stderr }).toEqual({ exitCode: 126, stderr: 'exec: "/bin/echo": argument list too long\n' });
  });

  test('may open /dev/stdout and /dev/stderr, also as a user', async () => {
    const { stdout, stderr } = await sandbox.run('echo out > /dev/stdout; echo err > /dev/stderr', {
      process: { user: 'app' },
    });
    expect({ stdout, stderr }).toEqual({ stdout: 'out\n', stderr: 'err\n' });
  });

  test('sees its working directory, made when it is missing', async () => {
    const { stdout, entries } = await sandbox.run('pwd', { process: { cwd: '/srv/app' } });
    expect({ stdout, entries }).toEqual({ stdout: '/srv/app\n', entries: ['srv/', 'srv/app/'] });
  });

  test('has a fixed host name, which /etc/hosts knows, beside extra hosts', async () => {
    const { stdout } = await sandbox.run('hostname; cat /etc/hosts', {
      process: { extraHosts: [{ name: 'db', address: '10.1.2.3' }] },
    });
    expect(stdout).toBe(
      'buildkitsandbox\n127.0.0.1\tlocalhost buildkitsandbox\n::1\tlocalhost ip6-localhost ip6-loopback\n10.1.2.3\tdb\n',
    );
    expect((await sandbox.run('hostname', { process: { hostname: 'box1' } })).stdout).toBe('box1\n');
  });

  test('has only a loopback interface that works without a network', async () => {
    const { stdout } = await sandbox.run('ls /sys/class/net; ping -c 1 127.0.0.1 > /dev/null && echo up', {
      process: { network: 'none' },
    });
    expect(stdout).toBe('lo\nup\n');
  });

  test('keeps within its limits', async () => {
    const { stdout } = await sandbox.run(
      'ulimit -n; ulimit -Hn; df -k /dev/shm | tail -1 | tr -s " " | cut -d " " -f 2',
      {
        process: { ulimits: { nofile: { soft: 100, hard: 200 } }, shmSizeBytes: 1024 * 1024 },
      },
    );
    expect(stdout).toBe('100\n200\n1024\n');
  });

  test('runs beside others', async () => {
    const numbers = [1, 2, 3, 4];
    const here = new Set<number>();
    let letGo: (input: Uint8Array[]) => void = () => undefined;
    const allAreHere = new Promise<Uint8Array[]>((resolve) => {
      letGo = resolve;
    });
    const runs = numbers.map(async (n) => {
      const onOutput = () => {
        if (here.add(n).size === numbers.length) letGo([Buffer.from('go\n')]);
      };
      const stdin = (async function* () {
        yield* await allAreHere;
      })();
      return sandbox.run('echo here; read word; test "$word" = go', { request: { onOutput, stdin } });
    });

    expect((await Promise.all(runs)).map(({ exitCode }) => exitCode)).toEqual([0, 0, 0, 0]);
  });
});

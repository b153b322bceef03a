import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { createBuilder } from '@tsbuild/engine';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { saveBusybox } from '../support/busybox.ts';
import { startDockerRegistry } from '../support/docker-registry.ts';
import { hasPart, testWith } from '../support/parts.ts';
import { openTempFolder, type TempFolder } from '../support/temp-folder.ts';
import { mustTsbuild, TSBUILD_COMMAND, tsbuild } from '../support/tsbuild.ts';
import { openTypedTerminal } from '../support/typed-terminal.ts';
import { waitFor } from '../support/wait-for.ts';

const DOCKERFILE = `FROM busybox
RUN echo 'app:x:1200:1300::/apphome:/bin/sh' >> /etc/passwd && echo 'app:x:1300:' >> /etc/group \\
 && printf '#!/nowhere\\n' > /bin/broken && chmod 755 /bin/broken && touch /bin/plain
ENV GREETING="hello there"
USER app
WORKDIR /srv
ENTRYPOINT ["/bin/sh", "-c"]
CMD ["echo $GREETING $(id -u):$(id -g) $PWD $HOME $HOSTNAME"]
`;

describe('tsbuild run', () => {
  let folder: TempFolder;
  let root: string;
  const run = (...args: string[]) => tsbuild(root, ['run', ...args]);
  const sh = (...args: string[]) => run('--entrypoint', '/bin/sh', ...args);

  beforeAll(async () => {
    folder = await openTempFolder();
    root = folder.file('store');
    if (!hasPart('root') || !hasPart('busybox')) return;
    await using builder = await createBuilder({ root });
    await saveBusybox(builder);
    await builder.build({ context: { files: {} }, dockerfile: DOCKERFILE, tags: ['app'] });
  });
  afterAll(() => folder[Symbol.asyncDispose]());

  const testRun = testWith('root', 'busybox');

  testRun("a command gets the image's entrypoint, user, environment and directory", async () => {
    expect(await run('app')).toEqual({
      exitCode: 0,
      stdout: 'hello there 1200:1300 /srv /apphome tsbuild\n',
      stderr: '',
    });
    expect((await run('app', 'echo -- $0 --rm')).stdout).toBe('-- /bin/sh --rm\n');
    expect((await run('--rm', '--entrypoint', 'echo', 'app', '-n', 'x')).stdout).toBe('x');
    expect((await run('--entrypoint=', 'app', 'echo', 'bare')).stdout).toBe('bare\n');
  });

  testRun('flags change who runs it, where and with what', async () => {
    await writeFile(folder.file('vars'), '# comment\n\nFILE=1 2\nHOME\nNOT_SET_ANYWHERE\n');
    const { stdout } = await sh(
      ...['--user', '7:8', '-w', '/new/place', '-e', 'X=a=b', '--env-file', folder.file('vars'), '-h', 'box'],
      ...['--add-host', 'db:10.1.2.3', '--ulimit', 'nofile=77', '--shm-size', '1m', 'app', '-c'],
      'id -u; id -g; pwd; echo $X; echo $FILE; env | grep -c NOT_SET; hostname; tail -1 /etc/hosts; ulimit -n; df -k /dev/shm | tail -1 | tr -s " " | cut -d " " -f 2',
    );
    expect(stdout).toBe('7\n8\n/new/place\na=b\n1 2\n0\nbox\n10.1.2.3\tdb\n77\n1024\n');
  });

  testRun('its exit status is that of the command, or what docker says of those that do not start', async () => {
    expect((await sh('app', '-c', 'exit 42')).exitCode).toBe(42);
    expect(await run('--entrypoint', 'nope', 'app')).toEqual({
      exitCode: 127,
      stdout: '',
      stderr: 'exec: "nope": executable file not found in $PATH\n',
    });
    expect((await run('--entrypoint', '/bin/plain', 'app')).exitCode).toBe(126);
    expect((await run('--entrypoint', '/bin/broken', 'app')).exitCode).toBe(127);
  });

  testRun('what goes wrong before a command runs has status 125', async () => {
    expect(await run()).toMatchObject({ exitCode: 125 });
    expect(await run('--name', 'x', 'app')).toEqual({
      exitCode: 125,
      stdout: '',
      stderr:
        'error: --name is not supported: the command runs while you wait, and nothing of it is kept (ERR_TSBUILD_UNSUPPORTED_FLAG)\nhint: leave it out\n',
    });
    expect((await run('--pull', 'never', 'absent')).stderr).toBe(
      'error: no such image: "absent" (ERR_TSBUILD_IMAGE_NOT_FOUND)\nhint: tsbuild images lists what the store has; tsbuild pull fetches an image\n',
    );
    expect((await run('--network', 'bridge', 'app')).stderr).toContain('there is no bridge');
    expect((await run('-u', 'nobody2', 'app')).stderr).toContain('unable to find user nobody2');
    expect((await run('-it', 'app')).stderr).toContain('needs a terminal');
  });

  testRun('nothing that it writes stays, and the store is as before', async () => {
    const content = async () => {
      const names = await readdir(root, { recursive: true });
      return names.filter((name) => /^(?:blobs|refs|cache|layers|trees|builds|mounts)\//.test(name)).sort();
    };
    await sh('-u', '0', 'app', '-c', 'true');
    const before = await content();
    expect((await sh('-u', '0', 'app', '-c', 'echo x > /file; rm /bin/plain; ls /file')).stdout).toBe('/file\n');
    expect((await sh('app', '-c', 'ls /file /bin/plain')).stdout).toBe('/bin/plain\n');
    expect(await content()).toEqual(before);
    expect(await readdir(`${root}/tmp`)).toEqual([]);
  });

  testRun('standard input reaches it with -i and comes back as it is', async () => {
    const bytes = randomBytes(5_000_000);
    const digest = createHash('sha256').update(bytes).digest('hex');
    const child = spawn(process.execPath, [TSBUILD_COMMAND, 'run', '-i', '--entrypoint', 'cat', '--root', root, 'app']);
    child.stdin.end(bytes);
    const hash = createHash('sha256');
    for await (const piece of child.stdout) hash.update(piece);
    expect(hash.digest('hex')).toBe(digest);
    expect((await tsbuild(root, ['run', 'app', 'cat'], { input: 'unread' })).stdout).toBe('');
    expect((await tsbuild(root, ['run', '-i', 'app', 'read x; echo $x'], { input: 'one\ntwo\n' })).stdout).toBe(
      'one\n',
    );
  });

  testRun('it ends when nobody reads its output any more', async () => {
    const child = spawn(process.execPath, [TSBUILD_COMMAND, 'run', '--root', root, 'app', 'yes']);
    await once(child.stdout, 'data');
    child.stdout.destroy();
    expect(await once(child, 'close')).toEqual([141, null]);
  });

  testRun('signals are passed on; the third SIGINT ends what ignores them', async () => {
    const start = async (command: string) => {
      const child = spawn(process.execPath, [TSBUILD_COMMAND, 'run', '--root', root, 'app', command]);
      let shown = '';
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        shown += text;
      });
      await waitFor('the command', async () => (shown.includes('up') ? true : undefined));
      return { child, closed: once(child, 'close'), shown: () => shown };
    };
    const polite = await start('trap "echo bye; exit 9" TERM; echo up; while :; do sleep 0.05; done');
    polite.child.kill('SIGTERM');
    expect(await polite.closed).toEqual([9, null]);
    expect(polite.shown()).toBe('up\nbye\n');

    const stubborn = await start('trap "" INT; echo up; while :; do sleep 0.05; done');
    for (const _ of [1, 2, 3]) {
      stubborn.child.kill('SIGINT');
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
    expect(await stubborn.closed).toEqual([130, null]);
  });

  testRun('folders of this machine are mounted, and nothing else is', async () => {
    await writeFile(folder.file('shared'), 'of the host\n');
    const bound = await sh('-u', '0', '-v', `${folder.path}:/m`, 'app', '-c', 'cat /m/shared; echo new > /m/written');
    expect(bound.stdout).toBe('of the host\n');
    expect(await readFile(folder.file('written'), 'utf8')).toBe('new\n');
    const readOnly = [
      '-v',
      `${folder.path}:/m:ro`,
      '--mount',
      `type=bind,src=${folder.file('shared')},dst=/f,readonly`,
    ];
    expect((await sh('-u', '0', ...readOnly, 'app', '-c', 'touch /m/x /f')).stderr).toMatch(
      /^touch: \/m\/x: Read-only file system\ntouch: \/f: Read-only file system\n$/,
    );
    expect((await run('-v', 'named:/m', 'app')).stderr).toContain('a named volume is not supported');
    expect((await run('-v', `${folder.path}/absent:/m`, 'app')).stderr).toContain('it does not exist');
  });

  testRun('a read-only root, folders in memory, no network', async () => {
    const { stdout } = await sh(
      ...[
        '-u',
        '0',
        '--read-only',
        '--tmpfs',
        '/t:size=64k',
        '--mount',
        'type=tmpfs,target=/u',
        '--network',
        'none',
        'app',
      ],
      ...[
        '-c',
        'touch /x 2>&1; touch /t/x /u/x && echo wrote; df -k /t | tail -1 | tr -s " " | cut -d " " -f 2; ls /sys/class/net',
      ],
    );
    expect(stdout).toBe('touch: /x: Read-only file system\nwrote\n64\nlo\n');
  });

  testWith(
    'root',
    'busybox',
    'script',
  )('-it gives it the terminal: keys, Ctrl-C, status', async () => {
    const command = `${process.execPath} ${TSBUILD_COMMAND} run -it --root ${root} --entrypoint sh app -i`;
    await using terminal = openTypedTerminal(command);
    await terminal.sees('$ ');
    terminal.type('tty; echo $TERM; sleep 1000\r');
    await terminal.sees('/dev/pts/0\r\nxterm\r\n');
    terminal.type('\x03');
    await terminal.sees('$ ');
    terminal.type('exit 23\r');
    expect(await terminal.ended).toBe(23);
    expect(terminal.shown()).not.toContain('job control');
  });

  testWith(
    'root',
    'busybox',
    'docker-registry',
  )('a missing image is pulled, and the pull is told', async () => {
    await using registry = await startDockerRegistry();
    const name = `${registry.host}/app:1`;
    await using builder = await createBuilder({ root });
    await builder.build({
      context: { files: {} },
      dockerfile: 'FROM busybox\nCMD ["echo", "pulled"]\n',
      tags: [name],
      outputs: [{ type: 'registry' }],
    });
    const other = folder.file('other');
    expect(await tsbuild(other, ['run', '--pull', 'never', name])).toMatchObject({ exitCode: 125 });
    expect(await tsbuild(other, ['run', name])).toEqual({
      exitCode: 0,
      stdout: 'pulled\n',
      stderr: `pulling ${name}\n`,
    });
    expect(await tsbuild(other, ['run', name])).toEqual({ exitCode: 0, stdout: 'pulled\n', stderr: '' });
    expect((await mustTsbuild(other, ['run', '-q', '--pull=always', name])).stderr).toBe('');
  });
});

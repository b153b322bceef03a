import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { createBuilder } from '@tsbuild/engine';
import { expect } from 'vitest';
import { saveBusybox } from '../support/busybox.ts';
import { mustRun } from '../support/command.ts';
import { GIT_PARTS, startGitServer } from '../support/git-server.ts';
import { startLoopbackServer } from '../support/loopback-server.ts';
import { testWith } from '../support/parts.ts';
import { filesWith } from '../support/search-files.ts';
import { openTempFolder } from '../support/temp-folder.ts';
import { TSBUILD_COMMAND } from '../support/tsbuild.ts';
import { openTypedTerminal } from '../support/typed-terminal.ts';
import { waitFor } from '../support/wait-for.ts';

/** What no place but the sources of the secrets may have. */
const VALUES = {
  file: 'f1le-Zq7Vx2',
  line: 'l1ne-Kp9Wd4',
  variable: 'var-Hn3Tb8',
  web: 'web-Rj5Yc1',
  git: 'git-Ms6Lf0',
} as const;
const GIT_HEADER = `Basic ${Buffer.from(`x-access-token:${VALUES.git}`).toString('base64')}`;
const SECRETS = [...Object.values(VALUES), GIT_HEADER.slice('Basic '.length)];
/** What has to be found, or the search would prove nothing. */
const MARKER = 'marker-Xd4Qe7';
/** What an agent says of its key, for everybody to hear. */
const KEY_COMMENT = 'comment-Sg2Kd5';

/** Where the marker has to be found. */
const PLACES = [
  'cache/blobs',
  'events.json',
  'failed.log',
  'files/layer',
  'files/provenance.json',
  'metadata',
  'oci/blobs',
  'plain.log',
  'quiet.log',
  'recording/blobs',
  'report.html',
  'store/blobs',
  'store/builds',
  'store/ingredients',
  'store/mounts',
  'store/snapshots',
  'zstd/blobs',
];

const SHOWS_SECRETS = `
mkdir -p /cache/kept; echo ${MARKER} > /cache/kept/file; echo ${MARKER} > /layer
value=$(head -n 1 /run/secrets/file)
echo ${MARKER} "$value" "$VARIABLE"; cat /run/secrets/file >&2
for at in 1 2 3 4 5 6 7 8 9 10 11; do printf %s "$(echo "$value" | cut -c $at)"; sleep 0.05; done; echo
`;
const MOUNTS = [
  '--mount=type=cache,target=/cache',
  '--mount=type=secret,id=file,required=true,mode=0400,uid=0',
  '--mount=type=secret,id=variable,env=VARIABLE',
].join(' ');

const dockerfile = (web: string, git: string) => `# syntax=docker/dockerfile:1
FROM busybox
ADD ${web} /web
ADD ${git} /git
RUN ${MOUNTS} <<'EOF'${SHOWS_SECRETS}EOF
RUN --mount=type=secret,id=file sleep 2.7182
RUN --mount=source=ask-agent,target=/ask-agent --mount=type=ssh /ask-agent $SSH_AUTH_SOCK
CMD ["sh"]
`;
const ending = (status: number) => `FROM busybox
RUN ${MOUNTS} <<'EOF'${SHOWS_SECRETS}exit ${status}
EOF
`;
/** A program that needs nothing of its root: it asks an agent for its keys, and prints the answer. */
const ASK_AGENT = String.raw`
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
int main(int count, char **args) {
  struct sockaddr_un address = { AF_UNIX };
  char answer[4096];
  int agent = socket(AF_UNIX, SOCK_STREAM, 0);
  strcpy(address.sun_path, args[1]);
  if (connect(agent, (void *)&address, sizeof address) != 0) return 1;
  if (write(agent, "\0\0\0\1\13", 5) != 5) return 1;
  long size = read(agent, answer, sizeof answer);
  return size > 0 && fwrite(answer, size, 1, stdout) == 1 ? 0 : 1;
}
`;

testWith(
  'root',
  'busybox',
  'zstd',
  'gcc',
  'runc',
  'script',
  'ssh-agent',
  ...GIT_PARTS,
)(
  'a secret is in nothing that a build writes, and in no process of ours but the command that was given it',
  async () => {
    await using folder = await openTempFolder();
    const written = folder.file('written');
    await mkdir(folder.file('sources'));
    await mkdir(`${written}/project`, { recursive: true });
    await writeFile(folder.file('sources/file'), `${VALUES.file}\n  ${VALUES.line}\n`);
    await writeFile(folder.file('sources/git'), `${VALUES.git}\n`);
    await using web = await startLoopbackServer((request, response) => {
      response.writeHead(request.headers.authorization === `Bearer ${VALUES.web}` ? 200 : 401).end(MARKER);
    });
    await makeRepository(folder.file('repositories/app.git'));
    await using git = await startGitServer(folder.file('repositories'), GIT_HEADER);
    await writeFile(`${written}/project/Dockerfile`, dockerfile(web.url('/file'), git.url('/app.git')));
    await writeFile(`${written}/project/Failing`, ending(9));
    await mustRun(['gcc', '-static', '-o', `${written}/project/ask-agent`, '-x', 'c', '-'], { input: ASK_AGENT });
    await using agent = await startAgent(folder.file('sources'));
    await using builder = await createBuilder({ root: `${written}/store` });
    await saveBusybox(builder);

    const secrets = [
      `id=file,src=${folder.file('sources/file')}`,
      'id=variable,env=SECRET_VARIABLE',
      `id=HTTP_AUTH_TOKEN_${web.host},env=SECRET_WEB`,
      `id=GIT_AUTH_TOKEN,type=file,source=${folder.file('sources/git')}`,
    ].flatMap((secret) => ['--secret', secret]);
    const ssh = ['--ssh', `default=${agent.socket}`];
    const outputs = [
      ['-t', 'app', '-o', 'type=image', '-o', `type=oci,tar=false,dest=${written}/oci`],
      ['-o', `type=oci,tar=false,compression=zstd,dest=${written}/zstd`, '-o', `type=local,dest=${written}/files`],
      ['--provenance=mode=max', '--sbom=true', '--metadata-file', `${written}/metadata`],
      ['--report', `${written}/report.html`, '--cache-to', `type=local,dest=${written}/cache,mode=max,mounts=/cache`],
    ].flat();
    const build = async (name: string, ...args: readonly string[]) => {
      const { exitCode, output, processes } = await watchedBuild(`${written}/store`, [...secrets, ...ssh, ...args]);
      await writeFile(`${written}/${name}`, output);
      return { exitCode, processes };
    };

    const built = await build('plain.log', '--progress=plain', ...outputs, `${written}/project`);
    expect([built.exitCode, await readFile(`${written}/plain.log`, 'utf8')]).toEqual([
      0,
      expect.stringContaining(MARKER),
    ]);
    const failing = ['-f', `${written}/project/Failing`, `${written}/project`];
    const failed = await build('failed.log', '--progress=rawjson', '--runner=runc', ...failing);
    expect(failed.exitCode).toBe(1);
    expect((await build('quiet.log', '-q', '--explain', '--debug', ...failing)).exitCode).toBe(1);
    await lookRound(`${written}/store`, [...secrets, ...failing]);
    await recordByApi(written, folder.file('sources/file'));
    expect((await build('plan.log', '--dry-run', `${written}/project`)).exitCode).toBe(0);

    const hidden = [...SECRETS, ...agent.keyLines];
    const found = await filesWith(written, [MARKER, KEY_COMMENT, ...hidden]);
    const places = new Set(found[MARKER]?.map((path) => path.split('/', 2).join('/')));
    expect([...places]).toEqual(expect.arrayContaining(PLACES));
    expect(found[KEY_COMMENT]).toContain('plain.log');
    expect(hidden.flatMap((secret) => found[secret]?.map((path) => `${secret} in ${path}`))).toEqual([]);
    expect(failed.processes.filter((name) => name.includes('runc'))).toEqual([]);
    expect(built.processes).toContain('sleep');
    expect(built.processes.filter((name) => /^(?:node|unshare|nsenter)$/.test(name))).toEqual([]);
  },
  600_000,
);

/** An agent with a key of its own. */
async function startAgent(folder: string) {
  const [key, socket] = [`${folder}/key`, `${folder}/agent-Vb2Nw6`];
  await mustRun(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-C', KEY_COMMENT, '-f', key]);
  const process = spawn('ssh-agent', ['-D', '-a', socket], { stdio: 'ignore' });
  await waitFor('the agent', () => mustRun(['ssh-add', '-q', key], { env: { SSH_AUTH_SOCK: socket } }));
  const [, ...lines] = (await readFile(key, 'latin1')).trimEnd().split('\n');
  return {
    socket,
    keyLines: lines.slice(0, -1),
    async [Symbol.asyncDispose]() {
      process.kill();
    },
  };
}

/** Looks at the secrets in the shell of a step that failed, whose terminal is nobody's but the user's. */
async function lookRound(root: string, args: readonly string[]): Promise<void> {
  const command = [process.execPath, TSBUILD_COMMAND, 'build', '--on-error=shell', '--root', root, ...args];
  await using terminal = openTypedTerminal(command.map((word) => `'${word}'`).join(' '), SECRET_VARIABLES);
  await terminal.sees('/ # ');
  terminal.type('cat /run/secrets/file; echo $VARIABLE; exit\r');
  await terminal.sees(`${VALUES.file}\r\n`);
  await terminal.sees(VALUES.variable);
  expect(await terminal.ended).toBe(1);
}

/** What a build by the API tells, and its recording. */
async function recordByApi(written: string, file: string): Promise<void> {
  const recording = { folder: `${written}/recording`, mode: 'record' } as const;
  await using builder = await createBuilder({ root: `${written}/store`, recording });
  const events: string[] = [];
  await builder.build({
    context: { files: {} },
    dockerfile: ending(0),
    secrets: { file: { file }, variable: { value: VALUES.variable } },
    onEvent: (event) => {
      events.push(event.type === 'step-log' ? Buffer.from(event.bytes).toString('latin1') : JSON.stringify(event));
    },
  });
  await writeFile(`${written}/events.json`, events.join(''));
}

async function makeRepository(path: string): Promise<void> {
  const work = `${path}.work`;
  await mkdir(work, { recursive: true });
  await writeFile(`${work}/a.txt`, 'one\n');
  const identity = ['-c', 'user.name=a', '-c', 'user.email=a@example.org'];
  await mustRun(['git', 'init', '--quiet', '--initial-branch=main'], { cwd: work });
  await mustRun(['git', 'add', '.'], { cwd: work });
  await mustRun(['git', ...identity, 'commit', '--quiet', '--message=one'], { cwd: work });
  await mustRun(['git', 'clone', '--quiet', '--bare', work, path]);
}

const SECRET_VARIABLES = { SECRET_VARIABLE: VALUES.variable, SECRET_WEB: VALUES.web };

/** Builds, and looks at the command lines and environments of all processes until the build has ended. */
async function watchedBuild(root: string, args: readonly string[]) {
  const env = { ...process.env, NO_COLOR: '1', ...SECRET_VARIABLES };
  const child = spawn(process.execPath, [TSBUILD_COMMAND, 'build', '--root', root, ...args], { env });
  const output: Uint8Array[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (bytes: Uint8Array) => output.push(bytes));
  const processes = new Set<string>();
  let isRunning = true;
  const watched = (async () => {
    while (isRunning) for (const line of await processesWithSecrets()) processes.add(line);
  })();
  const [exitCode] = await once(child, 'close');
  isRunning = false;
  await watched;
  return { exitCode, output: Buffer.concat(output), processes: [...processes] };
}

/**
 * Programs that show a secret in their command line or environment; and the step's `sleep`. The command itself got some
 * by its environment, and so have its children until they become a program of their own.
 */
async function processesWithSecrets(): Promise<string[]> {
  const found: string[] = [];
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const [line, environment] = [await ofProcess(pid, 'cmdline'), await ofProcess(pid, 'environ')]; // in this order
    const [program = '', argument] = line.split('\0');
    const isShown = SECRETS.some((secret) => `${line}${environment}`.includes(secret));
    if (argument === '2.7182' || (isShown && argument !== TSBUILD_COMMAND)) found.push(basename(program));
  }
  return found;
}

function ofProcess(pid: string, name: string): Promise<string> {
  return readFile(`/proc/${pid}/${name}`, 'latin1').catch(() => '');
}

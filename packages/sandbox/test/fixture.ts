import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { chmod, copyFile, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type Digest,
  digestOf,
  type ExecMount,
  type ExecRequest,
  type ExecResult,
  type Executor,
  type Ingest,
  type ProcessSpec,
  type RootfsLayer,
  toDiffId,
} from '@tsbuild/core';
import { createSandbox, type SandboxOptions } from '@tsbuild/sandbox';

/** Why tests that run commands cannot run here, for their titles. */
export const needsRoot = process.getuid?.() === 0 ? '' : ' (skipped: needs root)';

const PASSWD = `root:x:0:0:root:/root:/bin/sh
daemon:x:1:1:daemon:/usr/sbin:/bin/false
nobody:x:65534:65534:nobody:/home:/bin/false
app:x:1200:1300:a:/apphome:/bin/sh
`;
const GROUP = 'root:x:0:\ndaemon:x:1:\nnobody:x:65534:\nextra:x:1400:app\n';

export interface RunOptions {
  readonly process?: Partial<ProcessSpec>;
  readonly mounts?: readonly ExecMount[];
  readonly rootfs?: readonly RootfsLayer[];
  readonly request?: Partial<ExecRequest>;
}

export interface RunOutcome extends ExecResult {
  readonly stdout: string;
  readonly stderr: string;
  /** The layer written, to run further commands on. */
  readonly written: RootfsLayer | undefined;
  /** Names in its tar, in their order. */
  readonly entries: readonly string[];
}

/** A sandbox in a temporary folder with a base layer made of the machine's static busybox. */
export class SandboxFixture implements AsyncDisposable {
  readonly folder: string;
  readonly base: RootfsLayer;
  readonly executor: Executor;

  private constructor(folder: string, base: RootfsLayer, executor: Executor) {
    this.folder = folder;
    this.base = base;
    this.executor = executor;
  }

  static async create(options: Partial<SandboxOptions> = {}): Promise<SandboxFixture> {
    const folder = await mkdtemp(join(tmpdir(), 'sandbox-'));
    const base = await busyboxLayer(folder);
    const places = { snapshots: join(folder, 'snapshots'), scratch: join(folder, 'scratch') };
    return new SandboxFixture(folder, base, await createSandbox({ ...places, ...options }));
  }

  /** Runs a shell command, or a program when `command` is a list, in the base layer and those given. */
  async run(command: string | readonly string[], options: RunOptions = {}): Promise<RunOutcome> {
    const output = { stdout: [] as Uint8Array[], stderr: [] as Uint8Array[] };
    const blob = join(this.folder, `layer-${Math.random()}.tar`);
    const result = await this.executor.run({
      rootfs: options.rootfs ?? [this.base],
      process: {
        args: typeof command === 'string' ? ['/bin/sh', '-c', command] : command,
        env: { PATH: '/bin' },
        cwd: '/',
        user: '',
        network: 'host',
        ...options.process,
      },
      mounts: options.mounts ?? [],
      onOutput: (stream, bytes) => void output[stream].push(Buffer.from(bytes)),
      createIngest: async () => fileIngest(blob),
      ...options.request,
    });
    const written = result.layer && layerOf(blob, result.layer.diffId);
    const entries = written ? tarNames(blob) : [];
    const text = (name: 'stdout' | 'stderr') => Buffer.concat(output[name]).toString();
    return { ...result, stdout: text('stdout'), stderr: text('stderr'), written, entries };
  }

  /** Runs commands one after the other, each on the layers of those before; the last outcome. */
  async runAll(...commands: readonly string[]): Promise<RunOutcome & { readonly rootfs: readonly RootfsLayer[] }> {
    const rootfs = [this.base];
    let last: RunOutcome | undefined;
    for (const command of commands) {
      last = await this.run(command, { rootfs: [...rootfs] });
      if (last.written === undefined) throw new Error(`${command}: ${last.exitCode} ${last.stderr}`);
      rootfs.push(last.written);
    }
    if (last === undefined) throw new Error('no command');
    return { ...last, rootfs };
  }

  /** A layer of the files that `commands`, and then `also`, make in an empty folder, packed by the system's tar; of `names` alone. */
  async layer(
    commands: string,
    also: (folder: string) => void = () => undefined,
    names?: readonly string[],
  ): Promise<RootfsLayer> {
    const source = await mkdtemp(join(this.folder, 'source-'));
    execFileSync('/bin/sh', ['-ec', commands], { cwd: source });
    also(source);
    const archive = `${source}.tar`;
    const options = ['--numeric-owner', '--xattrs', '--xattrs-include=*', '-C', source, '-cf', archive];
    execFileSync('tar', [...options, ...(names ?? (await readdir(source)))]);
    return layerOf(archive, digestOf(await readFile(archive)));
  }

  /** A layer that has the entries that `first` makes, and then those that `second` makes in another empty folder. */
  async duplicates(first: string, second: string): Promise<RootfsLayer> {
    const archive = join(this.folder, `duplicates-${Math.random()}.tar`);
    for (const commands of [first, second]) {
      const source = await mkdtemp(join(this.folder, 'source-'));
      execFileSync('/bin/sh', ['-ec', commands], { cwd: source });
      const names = await readdir(source);
      execFileSync('tar', ['--numeric-owner', '-C', source, '-rf', archive, ...names]);
    }
    return layerOf(archive, digestOf(await readFile(archive)));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.executor[Symbol.asyncDispose]();
    await rm(this.folder, { recursive: true, force: true });
  }
}

async function busyboxLayer(folder: string): Promise<RootfsLayer> {
  const root = join(folder, 'base');
  for (const name of ['bin', 'dev', 'etc', 'proc', 'root', 'sys', 'tmp', 'usr/bin', 'var']) {
    await mkdir(join(root, name), { recursive: true });
  }
  await chmod(join(root, 'tmp'), 0o1777);
  await copyFile('/bin/busybox', join(root, 'bin/busybox'));
  await chmod(join(root, 'bin/busybox'), 0o755);
  for (const applet of execFileSync('/bin/busybox', ['--list'], { encoding: 'utf8' }).trim().split('\n')) {
    if (applet !== 'busybox') await symlink('busybox', join(root, 'bin', applet));
  }
  await writeFile(join(root, 'etc/passwd'), PASSWD);
  await writeFile(join(root, 'etc/group'), GROUP);
  const archive = join(folder, 'base.tar');
  const names = ['bin', 'dev', 'etc', 'proc', 'root', 'sys', 'tmp', 'usr', 'var'];
  execFileSync('tar', ['--numeric-owner', '--owner=0', '--group=0', '-C', root, '-cf', archive, ...names]);
  return layerOf(archive, digestOf(await readFile(archive)));
}

function layerOf(archive: string, digest: Digest): RootfsLayer {
  return {
    diffId: toDiffId(digest),
    read: async (reader) => {
      await reader(createReadStream(archive), false);
    },
  };
}

async function fileIngest(path: string): Promise<Ingest> {
  const parts: Buffer[] = [];
  return {
    write: (bytes) => void parts.push(Buffer.from(bytes)),
    commit: async () => {
      const bytes = Buffer.concat(parts);
      await writeFile(path, bytes);
      const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}` as Digest;
      return { digest, size: bytes.length };
    },
    [Symbol.asyncDispose]: async () => undefined,
  };
}

function tarNames(archive: string): string[] {
  const text = execFileSync('tar', ['--quoting-style=literal', '-tf', archive], { encoding: 'utf8' });
  return text.split('\n').filter((name) => name !== '');
}

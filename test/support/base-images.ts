import { createHash } from 'node:crypto';
import { chmod, copyFile, mkdir, readdir, realpath, stat, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Builder, createBuilder } from '@tsbuild/engine';
import { mustRun } from './command.ts';
import { copyPaths, copyPrograms, copyTree, librariesOf } from './machine-root.ts';
import { madeOnce } from './made-once.ts';
import { findCommand } from './parts.ts';
import { openTempFolder } from './temp-folder.ts';

/** What people expect in any base image that has a shell. */
const CORE_TOOLS = `
  sh bash awk basename cat chgrp chmod chown cmp cp cut date dd df diff dirname du echo env expr false find
  grep groupadd gzip head hostname id install ln ls mkdir mkfifo mktemp mv nproc od printenv printf pwd
  readlink realpath rm rmdir sed seq sha256sum sleep sort stat tail tar tee test touch tr true uname uniq
  useradd wc which whoami xargs
`
  .trim()
  .split(/\s+/);

const PASSWD = ['root:x:0:0:root:/root:/bin/sh', 'nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin'];
const GROUP = ['root:x:0:', 'nogroup:x:65534:'];

type FillRoot = (root: string) => Promise<void>;

const BASES = {
  'debian:12': fillShell,
  'node:20': fillNode,
  'python:3': fillPython,
  'gcc:12': fillGcc,
} as const satisfies Record<string, FillRoot>;

export type BaseName = keyof typeof BASES;

/** Parts of this machine that a base image is made of, for `testWith`. */
export const BASE_PARTS: Readonly<Record<BaseName, readonly string[]>> = {
  'debian:12': [],
  'node:20': [],
  'python:3': ['/usr/bin/pydoc3'],
  'gcc:12': ['gcc', '/usr/include/stdio.h'],
};

/** Saves a base image under the name `tag` in the store of `builder`, made from this machine's own programs and libraries. */
export async function saveBase(builder: Builder, name: BaseName, tag: string = name): Promise<void> {
  await builder.load(await baseArchive(name));
  if (tag === name) return;
  await builder.tag(name, tag);
  await builder.remove(name);
}

async function baseArchive(name: BaseName): Promise<string> {
  return madeOnce(`base-${name.replace(':', '')}-${await stateOfMachine()}.tar`, async (path) => {
    await using folder = await openTempFolder();
    await using builder = await createBuilder({ root: folder.file('store') });
    const context = folder.file('root');
    await BASES[name](context);
    await builder.build({ context, dockerfile: 'FROM scratch\nCOPY . /\nCMD ["/bin/sh"]\n', tags: [name] });
    await writeFile(path, await builder.save([name]));
  });
}

/** Another text when programs that bases are made of may be others, or are chosen otherwise. */
async function stateOfMachine(): Promise<string> {
  const paths = [process.execPath, await realpath(findCommand('npm') ?? process.execPath), '/var/lib/dpkg/status'];
  const own = ['base-images.ts', 'machine-root.ts'].map((name) => fileURLToPath(new URL(name, import.meta.url)));
  const facts = await Promise.all(
    [...paths, ...own].map(async (path) => {
      const info = await stat(path).catch(() => undefined);
      return `${path} ${info?.size} ${info?.mtimeMs}`;
    }),
  );
  return createHash('sha256').update(facts.join('\n')).digest('hex').slice(0, 12);
}

async function fillShell(root: string): Promise<void> {
  for (const folder of ['dev', 'etc', 'proc', 'root', 'run', 'sys', 'usr/bin', 'usr/local/bin', 'var']) {
    await mkdir(join(root, folder), { recursive: true });
  }
  await copyPrograms(root, CORE_TOOLS);
  await copyPaths(root, ['/bin/sh', '/usr/bin/env']);
  for (const path of ['tmp', 'var/tmp']) {
    await mkdir(join(root, path));
    await chmod(join(root, path), 0o1777);
  }
  await writeFile(join(root, 'etc/passwd'), `${PASSWD.join('\n')}\n`);
  await writeFile(join(root, 'etc/group'), `${GROUP.join('\n')}\n`);
}

/** Node and npm where the official image has them. */
async function fillNode(root: string): Promise<void> {
  await fillShell(root);
  const npm = await realpath(findCommand('npm') ?? '');
  await copyTree(dirname(dirname(npm)), join(root, 'usr/local/lib/node_modules/npm'));
  await copyFile(process.execPath, join(root, 'usr/local/bin/node'));
  await symlink('../lib/node_modules/npm/bin/npm-cli.js', join(root, 'usr/local/bin/npm'));
  await copyPaths(root, await librariesOf([process.execPath]));
}

/** Debian's Python with its whole standard library, and `python`, as the official image calls it. */
async function fillPython(root: string): Promise<void> {
  await fillShell(root);
  const python = '/usr/bin/python3';
  await copyPrograms(root, [python]);
  const library = (await mustRun([python, '-c', 'import sysconfig; print(sysconfig.get_path("stdlib"))'])).trim();
  await copyPaths(root, [library]);
  const extensions = await readdir(join(library, 'lib-dynload'));
  await copyPaths(root, await librariesOf(extensions.map((name) => join(library, 'lib-dynload', name))));
  await symlink(python, join(root, 'usr/local/bin/python'));
}

/** A C compiler, with what it needs to link a static program. */
async function fillGcc(root: string): Promise<void> {
  await fillShell(root);
  const programs = await Promise.all(['cc1', 'collect2', 'as', 'ld'].map(gccProgram));
  await copyPrograms(root, ['gcc', ...programs]);
  const library = dirname((await mustRun(['gcc', '-print-libgcc-file-name'])).trim());
  const wanted = (await readdir(library)).filter((name) =>
    /^(?:crt.*\.o|libgcc(?:_eh)?\.a|include|liblto_plugin\.so)$/.test(name),
  );
  await copyPaths(
    root,
    wanted.map((name) => join(library, name)),
  );
  const headers = (await mustRun(['dpkg', '-L', 'libc6-dev', 'linux-libc-dev'])).split('\n');
  await copyPaths(
    root,
    headers.filter((path) => /^\/usr\/(?:include|lib)\/.*\.(?:h|a|o|so)$/.test(path)),
  );
}

async function gccProgram(name: string): Promise<string> {
  return (await mustRun(['gcc', `-print-prog-name=${name}`])).trim();
}

import { resolvePath, type TreeEntry } from '@tsbuild/core';
import type { BuiltImage, ImageTree } from '@tsbuild/engine';
import { type CheckResult, checkAll, checkEqual, excerpt, shown } from './check.ts';

/** What a file in an image should be like; what is not said is not looked at. */
export interface FileExpectation {
  /** @default any */
  readonly type?: TreeEntry['type'];
  /** Permission bits, e.g. `0o644`. */
  readonly mode?: number;
  readonly uid?: number;
  readonly gid?: number;
  /** Bytes. */
  readonly size?: number;
  /** The whole content, or a pattern that its text matches. */
  readonly content?: string | RegExp | Uint8Array;
  /** Target of a symlink, exactly as stored. The link itself is looked at, not what it leads to. */
  readonly linkTarget?: string;
}

/** Whether the image has a file, folder or link at `path` that is as expected. Symlinks are followed within the image. */
export async function checkFile(
  image: Pick<BuiltImage, 'tree'>,
  path: string,
  expected: FileExpectation = {},
): Promise<CheckResult> {
  const tree = await image.tree();
  const followLast = expected.linkTarget === undefined && expected.type !== 'symlink';
  const { path: resolved, entry } = resolvePath(tree, path, { followLast });
  const name = JSON.stringify(path);
  if (entry === undefined) return missing(tree, path);
  const { content, ...facts } = expected;
  const known: Readonly<Record<string, unknown>> = { ...entry };
  const checks = Object.entries(facts)
    .filter(([, value]) => value !== undefined)
    .map(([fact, value]) => checkEqual(`the ${fact} of ${name}`, octal(fact, known[fact]), octal(fact, value)));
  if (content !== undefined) checks.push(await checkContent(tree, resolved, name, content));
  return checkAll({ pass: true, message: () => `the image has ${name}${describe(expected)}` }, checks);
}

function describe(expected: FileExpectation): string {
  const { mode, ...rest } = expected;
  const facts = mode === undefined ? rest : { mode: octal('mode', mode), ...rest };
  return Object.keys(facts).length === 0 ? '' : ` with ${shown(facts)}`;
}

/** Modes are read in octal. */
function octal(fact: string, value: unknown): unknown {
  return fact === 'mode' && typeof value === 'number' ? `0o${value.toString(8)}` : value;
}

function missing(tree: ImageTree, path: string): CheckResult {
  const parts = path.split('/').filter((part) => part !== '');
  let parent = parts.slice(0, -1);
  while (parent.length > 0 && resolvePath(tree, parent.join('/')).entry === undefined) parent = parent.slice(0, -1);
  const { path: folder } = resolvePath(tree, parent.join('/'));
  const names = tree.list(folder);
  const some = names.slice(0, 20).join(', ') + (names.length > 20 ? ', …' : '');
  const message = () => `the image has no ${JSON.stringify(path)}; in /${folder} there is: ${some || 'nothing'}`;
  return { pass: false, message };
}

async function checkContent(
  tree: ImageTree,
  path: string,
  name: string,
  expected: NonNullable<FileExpectation['content']>,
): Promise<CheckResult> {
  if (tree.lookup(path)?.type !== 'file') return { pass: false, message: () => `${name} is no file` };
  const bytes = await tree.read(path);
  if (expected instanceof RegExp) {
    const text = bytes.toString();
    const pass = new RegExp(expected.source, expected.flags.replace('g', '')).test(text);
    const message = () => `the content of ${name} ${pass ? 'matches' : 'does not match'} ${expected}: ${excerpt(text)}`;
    return { pass, message, actual: text, expected };
  }
  const wanted = Buffer.from(expected);
  const pass = bytes.equals(wanted);
  const message = () =>
    `the content of ${name} is ${excerpt(bytes.toString())}${pass ? '' : `, expected ${excerpt(wanted.toString())}`}`;
  return { pass, message, actual: bytes.toString(), expected: wanted.toString() };
}

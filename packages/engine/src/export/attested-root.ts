import { digestHex, type FileTree, formatPlatform, type TreeEntry } from '@tsbuild/core';
import { memoryTree } from '@tsbuild/layer';
import { type Subject, statement, statementName } from '../attest/statement.ts';
import type { AssembledImage } from '../image/assemble.ts';
import type { AttestationsOf } from './export-context.ts';
import type { RootPart } from './root-parts.ts';

/**
 * The files of a platform with those of its attestations beside them, named as BuildKit does; `isShared` when other
 * platforms have the same folder. The subjects are the files.
 */
export function attestedRoot(
  part: RootPart,
  image: AssembledImage,
  attestationsOf: AttestationsOf,
  isShared: boolean,
): RootPart {
  const subjects = subjectsOf(part);
  const platform = isShared ? `.${formatPlatform(image.platform).replaceAll('/', '_')}` : '';
  const files = attestationsOf(image).map((attestation) => ({
    path: statementName(attestation).replace(/\.json$/, `${platform}.json`),
    content: `${JSON.stringify(statement(attestation, subjects), null, 2)}\n`,
    mtime: Date.parse(image.config.created ?? '') / 1000 || 0,
  }));
  const added = memoryTree(files);
  const names = new Set(files.map(({ path }) => path));
  const own = files.flatMap(({ path }) => added.lookup(path) ?? []);
  const entries = [...part.entries.filter(({ path }) => !names.has(path)), ...own];
  return { ...part, entries, tree: overlaid(part.tree, added, names) };
}

function subjectsOf({ tree, entries }: RootPart): readonly Subject[] {
  return entries.flatMap(({ path, type, digest, hardlink }: TreeEntry) => {
    const content = digest ?? (hardlink === undefined ? undefined : tree.lookup(hardlink)?.digest);
    return type !== 'file' || content === undefined ? [] : [{ name: path, digest: { sha256: digestHex(content) } }];
  });
}

/** The files at the top of one tree in the place of those of another. */
function overlaid(below: FileTree, above: FileTree, names: ReadonlySet<string>): FileTree {
  return {
    lookup: (path) => (names.has(path) ? above : below).lookup(path),
    list: (path) => (path === '' ? [...new Set([...below.list(''), ...names])].sort() : below.list(path)),
    async *readMany(paths, options) {
      let run: string[] = [];
      for (const path of paths) {
        if (!names.has(path)) {
          run.push(path);
          continue;
        }
        yield* below.readMany(run, options);
        run = [];
        yield* above.readMany([path], options);
      }
      yield* below.readMany(run, options);
    },
  };
}

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type FileTree, joinPath, type LayerEntry, parentPath, readTreeFile } from '@tsbuild/core';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { directory, type FileEntry, file, hardlink, layerTree, symlink, whiteout } from '../../test/entries.ts';
import { extendTree, mergeTrees } from './merged-tree.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tsbuild-model-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

type Item = LayerEntry | FileEntry;
type Kind = 'file' | 'directory' | 'opaque' | 'symlink' | 'whiteout' | 'link';

/** Few names, so that layers meet. A layer names each path once, parents first, nothing below what is no directory. */
const NAMES = ['a', 'b', 'c'];
const PATHS = NAMES.flatMap((top) => [top, ...NAMES.flatMap((mid) => [`${top}/${mid}`, `${top}/${mid}/x`])]);
const kinds: fc.Arbitrary<readonly (Kind | undefined)[]> = fc.array(
  fc.option(fc.constantFrom<Kind>('file', 'directory', 'directory', 'opaque', 'symlink', 'whiteout', 'link'), {
    nil: undefined,
  }),
  { minLength: PATHS.length, maxLength: PATHS.length },
);

function itemsOf(choice: readonly (Kind | undefined)[], layer: number): Item[] {
  const items: Item[] = [];
  const closed = new Set<string>();
  let firstFile: string | undefined;
  for (const [index, path] of PATHS.entries()) {
    const kind = choice[index];
    if (closed.has(parentPath(path)) || kind === undefined) {
      if (closed.has(parentPath(path))) closed.add(path);
      continue;
    }
    if (kind !== 'directory' && kind !== 'opaque') closed.add(path);
    if (kind === 'file' || (kind === 'link' && firstFile === undefined)) {
      items.push(file(path, `${layer}${path}`));
      firstFile ??= path;
    } else if (kind === 'link' && firstFile !== undefined) items.push(hardlink(path, firstFile));
    else if (kind === 'symlink') items.push(symlink(path, `to${layer}`));
    else if (kind === 'whiteout') items.push(whiteout(path));
    else items.push(directory(path, kind === 'opaque' ? { opaque: true } : {}));
  }
  return items;
}

/** What is at a path: the contents of a file, the target of a symlink, or a directory. */
type Model = Map<string, string>;

function removeBelow(model: Model, path: string): void {
  for (const known of model.keys()) if (known.startsWith(`${path}/`)) model.delete(known);
}

/** The topmost first. */
function parentsOf(path: string): string[] {
  const parent = parentPath(path);
  return parent === '' ? [] : [...parentsOf(parent), parent];
}

/** First what the layer takes away from those below, then what it has. */
function apply(model: Model, items: readonly Item[]): void {
  for (const item of items) {
    if ('entry' in item) continue;
    if (item.type === 'whiteout') model.delete(item.path);
    if (item.type === 'whiteout' || (item.type === 'directory' && item.opaque === true)) removeBelow(model, item.path);
  }
  const contents = new Map<string, string>();
  for (const item of items) {
    const entry = 'entry' in item ? item.entry : item;
    for (const parent of parentsOf(entry.path)) {
      if (model.get(parent) !== '/') removeBelow(model, parent);
      model.set(parent, '/');
    }
    if (entry.type === 'whiteout') continue;
    const own =
      'entry' in item ? item.content.toString() : (contents.get(entry.hardlink ?? '') ?? entry.linkTarget ?? '/');
    if (own !== '/' || model.get(entry.path) !== '/') removeBelow(model, entry.path);
    contents.set(entry.path, own);
    model.set(entry.path, own);
  }
}

async function toModel(tree: FileTree, path = '', model: Model = new Map()): Promise<Model> {
  for (const name of tree.list(path)) {
    const child = joinPath(path, name);
    const entry = tree.lookup(child);
    if (entry?.type === 'directory') {
      model.set(child, '/');
      await toModel(tree, child, model);
    } else {
      model.set(child, entry?.linkTarget ?? (await readTreeFile(tree, child)).toString());
    }
  }
  return model;
}

test('merged layers are what applying them one after the other gives', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(kinds, { minLength: 1, maxLength: 4 }), async (choices) => {
      const stack = choices.map(itemsOf);
      const model: Model = new Map();
      for (const items of stack) apply(model, items);

      const layers = await Promise.all(stack.map((items, index) => layerTree(folder, `${index}.tar`, items)));
      const tree = mergeTrees(layers);

      const sorted = (map: Model): [string, string][] => [...map].sort(([a], [b]) => (a < b ? -1 : 1));
      expect(sorted(await toModel(tree))).toEqual(sorted(model));
    }),
    { numRuns: 150 },
  );
});

test('a tree that was asked and then extended is the tree of all its layers', async () => {
  const asked = fc.subarray(['', ...PATHS]);
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(kinds, asked), { minLength: 2, maxLength: 4 }), async (steps) => {
      const layers = await Promise.all(
        steps.map(([choice], index) => layerTree(folder, `e${index}.tar`, itemsOf(choice, index))),
      );

      let tree = mergeTrees([]);
      for (const [index, layer] of layers.entries()) {
        tree = extendTree(tree, layer);
        for (const path of steps[index]?.[1] ?? []) tree.list(path);
      }

      const whole = mergeTrees(layers);
      for (const path of ['', ...PATHS]) {
        expect(tree.lookup(path)).toEqual(whole.lookup(path));
        expect(tree.list(path)).toEqual(whole.list(path));
        expect(tree.layerOf(path)).toBe(whole.layerOf(path));
      }
    }),
    { numRuns: 150 },
  );
});

test('every further name leads to a file that is there', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(kinds, { minLength: 2, maxLength: 3 }), async (choices) => {
      const layers = await Promise.all(
        choices.map((choice, index) => layerTree(folder, `l${index}.tar`, itemsOf(choice, index))),
      );
      const tree = mergeTrees(layers);

      for (const path of (await toModel(tree)).keys()) {
        const target = tree.lookup(path)?.hardlink;
        if (target === undefined) continue;
        expect(tree.lookup(target)).toMatchObject({ type: 'file', digest: tree.lookup(path)?.digest });
        expect(tree.lookup(target)).not.toHaveProperty('hardlink');
      }
    }),
    { numRuns: 80 },
  );
});

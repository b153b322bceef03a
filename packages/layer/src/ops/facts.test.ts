import { expect, test } from 'vitest';
import { RecordedLayer, treeOf } from '../../test/recorded-layer.ts';
import { writeCopy } from './copy.ts';
import { type DestinationFacts, recordLookups } from './facts.ts';
import { factsHold } from './facts-hold.ts';
import { resolveOwner } from './owner.ts';
import { selectSources } from './select.ts';

const from = treeOf({ 'd/a': 'A', 'd/s/b': 'B', 'd/s/t/c': 'C' });

async function factsOfCopy(onto: ReturnType<typeof treeOf>, target: string): Promise<DestinationFacts> {
  const { tree, facts } = recordLookups(onto);
  const owner = await resolveOwner('app:staff', tree);
  const sources = [{ selection: selectSources(from, { sources: ['d'] }) }];
  await writeCopy(new RecordedLayer(), { sources, destination: tree, target, workdir: '/', owner, createdTime: 0 });
  return facts();
}

const IMAGE = {
  'etc/passwd': 'app:x:10:20::/:\n',
  'etc/group': 'staff:x:30:\n',
  link: { symlink: 'srv/www' },
  'srv/www/': { mode: 0o750 },
};

test('a copy records what it asked of the destination, and nothing below directories that it makes', async () => {
  const directory = { type: 'directory', uid: 0, gid: 0 };
  expect(await factsOfCopy(treeOf(IMAGE), '/link')).toEqual({
    lookups: {
      link: { type: 'symlink', mode: 0o777, uid: 0, gid: 0, linkTarget: 'srv/www' },
      srv: { ...directory, mode: 0o755 },
      'srv/www': { ...directory, mode: 0o750 },
      'srv/www/a': null,
      'srv/www/s': null,
    },
    owners: { 'app:staff': { uid: 10, gid: 30 } },
  });
});

test.each([
  ['nothing', IMAGE, true],
  ['a file elsewhere', { ...IMAGE, 'srv/other': 'x' }, true],
  ['a time', { ...IMAGE, 'srv/www/': { mode: 0o750, mtime: 99 } }, true],
  ['another line of passwd', { ...IMAGE, 'etc/passwd': 'root:x:0:0::/:\napp:x:10:20::/home:\n' }, true],
  ['the owner', { ...IMAGE, 'etc/passwd': 'app:x:11:20::/:\n' }, false],
  ['the group', { ...IMAGE, 'etc/group': '' }, false],
  ['the mode of a parent', { ...IMAGE, 'srv/': { mode: 0o700 } }, false],
  ['the target of a link', { ...IMAGE, link: { symlink: 'srv' } }, false],
  ['something in the way', { ...IMAGE, 'srv/www/a/': {} }, false],
  ['an xattr of a parent', { ...IMAGE, 'srv/': { xattrs: { 'user.x': Uint8Array.of(1) } } }, false],
])('when %s changed, the facts hold: %s', async (_, image, expected) => {
  const facts: DestinationFacts = JSON.parse(JSON.stringify(await factsOfCopy(treeOf(IMAGE), '/link')));
  expect(await factsHold(treeOf(image), facts)).toBe(expected);
});

test('facts are in code-unit order, whatever order the questions came in', () => {
  const { tree, facts } = recordLookups(treeOf({ b: '', a: '' }));
  for (const path of ['b', 'a/x', 'a', 'Z', '']) tree.lookup(path);
  expect(Object.keys(facts().lookups)).toEqual(['Z', 'a', 'a/x', 'b']);
});

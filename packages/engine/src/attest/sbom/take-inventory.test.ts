import { memoryTree } from '@tsbuild/layer';
import { expect, test } from 'vitest';
import type { FoundPackage } from './found-package.ts';
import { takeInventory } from './take-inventory.ts';

test('packages of dpkg have their architecture, their distribution and the licences of their copyright file', async () => {
  const { packages, distribution, notes } = await inventory({
    'etc/os-release': 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nID=debian\nVERSION_ID="12"\n',
    'var/lib/dpkg/status': [
      'Package: libc6',
      'Status: install ok installed',
      'Maintainer: GNU Libc Maintainers <debian-glibc@lists.debian.org>',
      'Architecture: amd64',
      'Version: 2.36-9+deb12u10',
      'Description: GNU C Library',
      ' Package: not a field',
      '',
      'Package: removed',
      'Status: deinstall ok config-files',
      'Version: 1',
      '',
      'Package: tzdata',
      'Status: install ok installed',
      'Architecture: all',
      'Version: 1:2025b-0~deb12',
      '',
    ].join('\n'),
    'usr/share/doc/libc6/copyright': [
      'Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/',
      '',
      'Files: *',
      'License: LGPL-2.1+',
      ' long text',
      '',
      'Files: a',
      'License: MIT',
    ].join('\n'),
  });

  expect(distribution).toEqual({ id: 'debian', versionId: '12', name: 'Debian GNU/Linux 12 (bookworm)' });
  expect(packages).toEqual([
    {
      kind: 'deb',
      name: 'libc6',
      version: '2.36-9+deb12u10',
      purl: 'pkg:deb/debian/libc6@2.36-9%2Bdeb12u10?arch=amd64&distro=debian-12',
      licenses: ['LGPL-2.1+', 'MIT'],
      foundIn: ['var/lib/dpkg/status'],
      supplier: 'GNU Libc Maintainers <debian-glibc@lists.debian.org>',
    },
    {
      kind: 'deb',
      name: 'tzdata',
      version: '1:2025b-0~deb12',
      purl: 'pkg:deb/debian/tzdata@1:2025b-0~deb12?arch=all&distro=debian-12',
      licenses: [],
      foundIn: ['var/lib/dpkg/status'],
    },
  ]);
  expect(notes).toEqual([]);
});

test('each file of status.d, as distroless images have them, is a package', async () => {
  const found = await inventory({
    'var/lib/dpkg/status.d/base': 'Package: base-files\nVersion: 12.4\nArchitecture: amd64\n',
    'var/lib/dpkg/status.d/base.md5sums': '0123  usr/lib/os-release\n',
  });

  expect(purls(found)).toEqual(['pkg:deb/debian/base-files@12.4?arch=amd64']);
});

test('packages of apk have the licence that the database states', async () => {
  const found = await inventory({
    'usr/lib/os-release': 'ID=alpine\nVERSION_ID=3.22.1\n',
    'lib/apk/db/installed':
      'C:Q1abc=\nP:musl\nV:1.2.5-r10\nA:x86_64\nL:MIT\nF:lib\nR:ld-musl-x86_64.so.1\n\nP:broken\n\nP:zlib\nV:1.3.1-r2\nA:x86_64\nL:Zlib',
  });

  expect(found.packages.map(({ purl, licenses }) => [purl, licenses])).toEqual([
    ['pkg:apk/alpine/musl@1.2.5-r10?arch=x86_64&distro=alpine-3.22.1', ['MIT']],
    ['pkg:apk/alpine/zlib@1.3.1-r2?arch=x86_64&distro=alpine-3.22.1', ['Zlib']],
  ]);
});

test('npm packages are what is installed, each once however many copies there are', async () => {
  const found = await inventory({
    'app/package.json': '{"name":"app","version":"1.0.0"}',
    'app/package-lock.json': '{"packages":{"node_modules/not-installed":{"version":"1.0.0"}}}',
    'app/node_modules/left-pad/package.json': '{"name":"left-pad","version":"1.3.0","license":"WTFPL"}',
    'app/node_modules/@scope/x/package.json': '{"name":"@scope/x","version":"2.0.0-rc.1+5","author":{"name":"Ann"}}',
    'app/node_modules/@scope/x/node_modules/left-pad/package.json':
      '{"name":"left-pad","version":"1.3.0","licenses":[{"type":"MIT"}]}',
    'app/node_modules/left-pad/test/package.json': '{"name":"fixture","version":"0.0.0"}',
    'app/node_modules/unnamed/package.json': '{"type":"module"}',
  });

  expect(found.packages).toEqual([
    {
      kind: 'npm',
      name: '@scope/x',
      version: '2.0.0-rc.1+5',
      purl: 'pkg:npm/%40scope/x@2.0.0-rc.1%2B5',
      licenses: [],
      foundIn: ['app/node_modules/@scope/x/package.json'],
      supplier: 'Ann',
    },
    {
      kind: 'npm',
      name: 'left-pad',
      version: '1.3.0',
      purl: 'pkg:npm/left-pad@1.3.0',
      licenses: ['MIT', 'WTFPL'],
      foundIn: [
        'app/node_modules/@scope/x/node_modules/left-pad/package.json',
        'app/node_modules/left-pad/package.json',
      ],
    },
  ]);
});

test('a lock without node_modules beside it stands for a bundled application: its development packages do not count', async () => {
  const packages = {
    '': { name: 'app', version: '1.0.0' },
    'node_modules/a': { version: '1.0.0', license: 'ISC' },
    'node_modules/a/node_modules/b': { version: '2.0.0' },
    'node_modules/alias': { name: 'real', version: '3.0.0' },
    'node_modules/dev': { version: '4.0.0', dev: true },
    'node_modules/linked': { resolved: 'packages/linked', link: true },
  };
  const old = {
    dependencies: { c: { version: '1.0.0', dependencies: { d: { version: '2.0.0' } } }, e: { dev: true } },
  };
  const found = await inventory({
    'app/package-lock.json': JSON.stringify({ lockfileVersion: 3, packages }),
    'old/package-lock.json': JSON.stringify({ lockfileVersion: 1, ...old }),
  });

  expect(purls(found)).toEqual([
    'pkg:npm/a@1.0.0',
    'pkg:npm/b@2.0.0',
    'pkg:npm/c@1.0.0',
    'pkg:npm/d@2.0.0',
    'pkg:npm/real@3.0.0',
  ]);
});

test('Python distributions have normalised names, and a licence unless it is the text of one', async () => {
  const found = await inventory({
    'usr/lib/python3/dist-packages/Foo_Bar-1.0.dist-info/METADATA':
      'Metadata-Version: 2.4\nName: Foo_Bar\nVersion: 1.0\nLicense-Expression: MIT OR Apache-2.0\nAuthor: Bo\n\nName: in the text\n',
    'usr/lib/python3/dist-packages/old.egg-info/PKG-INFO': 'Name: old\nVersion: 0.1\nLicense: BSD\n',
    'usr/lib/python3/dist-packages/single-2.egg-info': 'Name: single\nVersion: 2\nLicense: Copyright\n   all of it\n',
  });

  expect(found.packages.map(({ purl, licenses, supplier }) => [purl, licenses, supplier])).toEqual([
    ['pkg:pypi/foo-bar@1.0', ['MIT OR Apache-2.0'], 'Bo'],
    ['pkg:pypi/old@0.1', ['BSD'], undefined],
    ['pkg:pypi/single@2', [], undefined],
  ]);
});

test('a file that is damaged or too large is a note, and the others are read', async () => {
  const found = await inventory({
    'a/node_modules/bad/package.json': '{"name":',
    'a/node_modules/list/package.json': '[]',
    'a/node_modules/deep/package.json': `${'['.repeat(300_000)}`,
    'a/node_modules/good/package.json': '{"name":"good","version":"1.0.0","license":{"type":5},"author":7}',
    'a/node_modules/huge/package.json': `{"name":"huge","version":"1.0.0","x":"${'x'.repeat(1024 * 1024)}"}`,
    'var/lib/dpkg/status': Buffer.from([0xff, 0xfe, 0x00, 0x0a, 0x3a, 0x0a]),
    'lib/apk/db/installed': '\n\n:::\nP\n',
  });

  expect(purls(found)).toEqual(['pkg:npm/good@1.0.0']);
  expect(found.notes.map((note) => note.split(':')[0])).toEqual([
    'a/node_modules/huge/package.json is larger than 1048576 bytes and was not read',
    'a/node_modules/bad/package.json cannot be read',
    'a/node_modules/deep/package.json cannot be read',
    'a/node_modules/list/package.json cannot be read',
  ]);
});

function inventory(files: Readonly<Record<string, string | Buffer>>) {
  const tree = memoryTree(Object.entries(files).map(([path, content]) => ({ path, content })));
  return takeInventory(tree, undefined);
}

function purls({ packages }: { readonly packages: readonly FoundPackage[] }): string[] {
  return packages.map(({ purl }) => purl);
}

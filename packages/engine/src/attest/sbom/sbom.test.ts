import { Spec, Validation } from '@cyclonedx/cyclonedx-library';
import { digestOf } from '@tsbuild/core';
import { memoryTree } from '@tsbuild/layer';
import { expect, test } from 'vitest';
import { sbomOf } from './sbom.ts';

const FILES = {
  'etc/os-release': 'ID=alpine\nVERSION_ID=3.22.1\nPRETTY_NAME="Alpine Linux v3.22"\n',
  'lib/apk/db/installed': 'P:musl\nV:1.2.5-r10\nA:x86_64\nL:MIT\nm:Timo <timo@example.org>\n',
  'app/node_modules/@s/x/package.json': '{"name":"@s/x","version":"1.0.0","license":"SEE LICENSE IN x"}',
  'app/node_modules/two/package.json': '{"name":"two","version":"2.0.0","licenses":["MIT","My own"]}',
};
const SUBJECT = {
  name: 'registry.example/app:1',
  id: digestOf(Buffer.from('config')),
  created: '2026-01-02T03:04:05.678901234Z',
};

test('the SPDX document says what was found where, with licences in the words that SPDX has for them', async () => {
  const { predicateType, predicate } = await sbom('spdx');

  expect(predicateType).toBe('https://spdx.dev/Document');
  expect(predicate).toEqual({
    spdxVersion: 'SPDX-2.3',
    dataLicense: 'CC0-1.0',
    SPDXID: 'SPDXRef-DOCUMENT',
    name: 'registry.example/app:1',
    documentNamespace: 'NAMESPACE',
    creationInfo: { created: '2026-01-02T03:04:05Z', creators: ['Tool: tsbuild'] },
    packages: [
      {
        SPDXID: 'SPDXRef-Image',
        name: 'registry.example/app:1',
        versionInfo: SUBJECT.id,
        primaryPackagePurpose: 'CONTAINER',
        downloadLocation: 'NOASSERTION',
        filesAnalyzed: false,
        licenseConcluded: 'NOASSERTION',
        licenseDeclared: 'NOASSERTION',
        copyrightText: 'NOASSERTION',
        checksums: [{ algorithm: 'SHA256', checksumValue: SUBJECT.id.slice('sha256:'.length) }],
      },
      {
        ...unstated('SPDXRef-Package-MUSL', 'pkg:apk/alpine/musl@1.2.5-r10?arch=x86_64&distro=alpine-3.22.1'),
        name: 'musl',
        versionInfo: '1.2.5-r10',
        supplier: 'Organization: Timo (timo@example.org)',
        sourceInfo: 'found in /lib/apk/db/installed',
        licenseDeclared: 'MIT',
      },
      {
        ...unstated('SPDXRef-Package-X', 'pkg:npm/%40s/x@1.0.0'),
        name: '@s/x',
        versionInfo: '1.0.0',
        sourceInfo: 'found in /app/node_modules/@s/x/package.json',
        licenseDeclared: 'LicenseRef-SEE-LICENSE-IN-x-5cd0a628',
      },
      {
        ...unstated('SPDXRef-Package-TWO', 'pkg:npm/two@2.0.0'),
        name: 'two',
        versionInfo: '2.0.0',
        sourceInfo: 'found in /app/node_modules/two/package.json',
        licenseDeclared: 'MIT AND LicenseRef-My-own-69ba742a',
      },
    ],
    hasExtractedLicensingInfos: [
      { licenseId: 'LicenseRef-My-own-69ba742a', name: 'My own', extractedText: 'My own' },
      {
        licenseId: 'LicenseRef-SEE-LICENSE-IN-x-5cd0a628',
        name: 'SEE LICENSE IN x',
        extractedText: 'SEE LICENSE IN x',
      },
    ],
    relationships: [
      related('SPDXRef-DOCUMENT', 'DESCRIBES', 'SPDXRef-Image'),
      related('SPDXRef-Image', 'CONTAINS', 'SPDXRef-Package-MUSL'),
      related('SPDXRef-Image', 'CONTAINS', 'SPDXRef-Package-X'),
      related('SPDXRef-Image', 'CONTAINS', 'SPDXRef-Package-TWO'),
    ],
  });
});

test('the CycloneDX document is valid by the schema, and one expression or names state the licences', async () => {
  const { predicateType, predicate } = await sbom('cyclonedx');
  const problems = await new Validation.JsonStrictValidator(Spec.Version.v1dot6).validate(JSON.stringify(predicate));

  expect(problems).toBeNull();
  expect(predicateType).toBe('https://cyclonedx.org/bom');
  expect(predicate).toMatchObject({
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    metadata: {
      timestamp: '2026-01-02T03:04:05Z',
      component: { type: 'container', name: 'registry.example/app:1', version: SUBJECT.id },
    },
    components: [
      { type: 'operating-system', name: 'alpine', version: '3.22.1', description: 'Alpine Linux v3.22' },
      {
        type: 'library',
        name: 'musl',
        version: '1.2.5-r10',
        publisher: 'Timo <timo@example.org>',
        licenses: [{ expression: 'MIT' }],
        evidence: { occurrences: [{ location: '/lib/apk/db/installed' }] },
      },
      { group: '@s', name: 'x', purl: 'pkg:npm/%40s/x@1.0.0', licenses: [{ license: { name: 'SEE LICENSE IN x' } }] },
      { name: 'two', licenses: [{ license: { name: 'MIT' } }, { license: { name: 'My own' } }] },
    ],
  });
});

test('equal images have equal documents, others have other ids', async () => {
  const [one, two, other] = await Promise.all([sbomText(FILES), sbomText(FILES), sbomText({ a: '' })]);

  expect(two).toBe(one);
  expect(uuidOf(other)).not.toBe(uuidOf(one));
});

/** Ids that are digests are replaced with names; the namespace has one too. */
async function sbom(format: 'spdx' | 'cyclonedx') {
  const { predicateType, predicate } = await sbomOf(treeOf(FILES), format, SUBJECT, undefined);
  if (format === 'cyclonedx') return { predicateType, predicate };
  const names = ['MUSL', 'X', 'TWO'];
  const text = JSON.stringify(predicate).replace(/https:\/\/spdx\.org\/spdxdocs\/tsbuild-[0-9a-f-]{36}/, 'NAMESPACE');
  const ids = [...new Set(text.match(/SPDXRef-Package-[0-9a-f]{20}/g))];
  const named = ids.reduce((all, id, at) => all.replaceAll(id, `SPDXRef-Package-${names[at]}`), text);
  return { predicateType, predicate: JSON.parse(named) };
}

async function sbomText(files: Readonly<Record<string, string>>): Promise<string> {
  return JSON.stringify((await sbomOf(treeOf(files), 'cyclonedx', SUBJECT, undefined)).predicate);
}

function uuidOf(text: string): string | undefined {
  return /urn:uuid:([0-9a-f-]{36})/.exec(text)?.[1];
}

function treeOf(files: Readonly<Record<string, string>>) {
  return memoryTree(Object.entries(files).map(([path, content]) => ({ path, content })));
}

function unstated(SPDXID: string, purl: string) {
  return {
    SPDXID,
    downloadLocation: 'NOASSERTION',
    filesAnalyzed: false,
    licenseConcluded: 'NOASSERTION',
    copyrightText: 'NOASSERTION',
    externalRefs: [{ referenceCategory: 'PACKAGE-MANAGER', referenceType: 'purl', referenceLocator: purl }],
  };
}

function related(spdxElementId: string, relationshipType: string, relatedSpdxElement: string) {
  return { spdxElementId, relationshipType, relatedSpdxElement };
}

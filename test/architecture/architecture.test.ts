import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { ALLOWED_IMPORTS } from './allowed-imports.ts';
import { findImports, leaves, listImports, ownPackage } from './imports.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const PACKAGES = await readdir(join(ROOT, 'packages'));

test('every package has its row in the table of allowed imports', () => {
  expect(PACKAGES.filter((name) => !(name in ALLOWED_IMPORTS))).toEqual([]);
});

test('the table of allowed imports is the one in the design', async () => {
  const design = await readFile(join(ROOT, 'docs/design.md'), 'utf8');
  const rows = [...design.matchAll(/^\| `@tsbuild\/(\w+)` +\|.*\| ([^|]+?) +\|$/gm)];
  const written = rows.map(([, name = '', imports = '']) => [name, importsInDesign(imports)] as const);
  expect(Object.fromEntries(written)).toEqual(ALLOWED_IMPORTS);
});

test('imports of every form are seen', () => {
  const text = [
    "import type { A } from '@tsbuild/core';",
    "import {\n  b,\n} from '../b.ts';",
    "import './side-effect.ts';",
    "export { c } from './c.ts';",
    "const d = await import('./d.ts');",
    "type E = import('@tsbuild/store').Store;",
    "const text = 'from elsewhere';",
  ].join('\n');
  expect(findImports(text)).toEqual([
    '@tsbuild/core',
    '../b.ts',
    './side-effect.ts',
    './c.ts',
    './d.ts',
    '@tsbuild/store',
  ]);
});

describe.each(PACKAGES)('%s', (name) => {
  const folder = join(ROOT, 'packages', name);
  const allowed = ALLOWED_IMPORTS[name] ?? [];

  test('its manifest depends only on the packages that the design allows', async () => {
    const manifest = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
    const declared = Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies });
    expect(
      declared.flatMap((dependency) => ownPackage(dependency) ?? []).filter((own) => !allowed.includes(own)),
    ).toEqual([]);
  });

  test('its sources import only the packages that the design allows', async () => {
    const edges = await listImports(join(folder, 'src'));
    const forbidden = edges.filter(({ specifier }) => {
      const own = ownPackage(specifier);
      return own !== undefined && own !== name && !allowed.includes(own);
    });
    expect(forbidden).toEqual([]);
  });

  test('its sources reach into no other folder', async () => {
    const edges = await listImports(join(folder, 'src'));
    const shipped = edges.filter(({ file }) => !file.endsWith('.test.ts'));
    expect(shipped.filter((edge) => leaves(folder, edge))).toEqual([]);
  });
});

/** The engine's row says "all above": the rows before it. */
function importsInDesign(text: string): string[] {
  if (text === 'nothing of ours') return [];
  if (text === 'all above') return ['core', 'dockerfile', 'layer', 'store', 'registry', 'sandbox'];
  return text.split(', ');
}

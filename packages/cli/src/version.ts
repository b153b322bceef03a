import { createRequire } from 'node:module';

/** Version of this package, as its manifest says. */
export function readVersion(): string {
  const manifest: { readonly version: string } = createRequire(import.meta.url)('@tsbuild/cli/package.json');
  return manifest.version;
}

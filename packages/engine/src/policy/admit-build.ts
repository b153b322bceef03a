import { withSource } from '@tsbuild/core';
import type { Dockerfile } from '@tsbuild/dockerfile';
import type { BuildOptions } from '../options.ts';
import type { AdmittedBuild } from './admit-contexts.ts';
import type { SourceGuard } from './source-guard.ts';

/** A build with contexts that its policy let pass, and the guard of what it will use besides; both as asked without a policy. */
export async function admitBuild(
  options: BuildOptions,
): Promise<AdmittedBuild & { readonly guard: SourceGuard | undefined }> {
  if (options.policy === undefined) return { options, checksums: new Map(), guard: undefined };
  const { createSourceGuard } = await import('./source-guard.ts');
  const { admitContexts } = await import('./admit-contexts.ts');
  const guard = await createSourceGuard(options.policy);
  return { ...(await admitContexts(options, guard)), guard };
}

/** The frontend of a `# syntax=` line is never fetched, but a policy may forbid a Dockerfile to ask for it. */
export async function admitFrontend(
  { directives: { syntax, syntaxRange }, source }: Dockerfile,
  guard: SourceGuard | undefined,
): Promise<void> {
  if (syntax === undefined) return;
  await guard?.frontend(syntax).catch((error: unknown) => {
    throw withSource(error, syntaxRange, source);
  });
}

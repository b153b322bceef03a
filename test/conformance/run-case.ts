import { isTsbuildError } from '@tsbuild/core';
import type { Builder, BuildOptions } from '@tsbuild/engine';
import { openTempFolder, type TempFolder } from '../support/temp-folder.ts';
import { treeFacts } from '../support/tree-facts.ts';
import type { CaseOptions, ConformanceCase } from './case.ts';
import { compareError } from './compare-error.ts';
import { type Base, compareImage } from './compare-image.ts';
import { startWebServer } from './http-server.ts';
import { writeContext, writeFiles } from './write-files.ts';

const SCRATCH: Base = { config: undefined, facts: new Map() };

/** Builds one case and returns how the result differs from what is expected; no line means that it passes. */
export async function runCase(builder: Builder, busybox: Base, it: ConformanceCase): Promise<string[]> {
  await using folder = await openTempFolder();
  await using web = await startWebServer(it.http ?? []);
  await writeContext(folder.file('context'), it, web.host);
  const options = await buildOptions(folder, it);
  const { expected } = it;
  if ('error' in expected) {
    const error = await failureOf(builder.build(options));
    return error === undefined ? ['built, but must fail'] : compareError(expected.error, it.anyLine ?? false, error);
  }
  try {
    const { image } = await builder.build(options);
    const base = expected.base === 'busybox' ? busybox : SCRATCH;
    return compareImage(withHost(expected, web.host), base, image.config, await treeFacts(await image.tree()));
  } catch (error) {
    return [`failed, but must build: ${describe(error)}`];
  }
}

/** Our own errors speak for themselves; of any other the stack matters. */
function describe(error: unknown): string {
  if (isTsbuildError(error)) return `${error.message} (${error.code}, line ${error.range?.start.line ?? 'unknown'})`;
  return error instanceof Error ? `${error.stack}` : String(error);
}

async function failureOf(build: Promise<unknown>): Promise<unknown> {
  try {
    await build;
    return undefined;
  } catch (error) {
    return error;
  }
}

function withHost<T>(value: T, host: string): T {
  return JSON.parse(JSON.stringify(value).replaceAll('{{HTTP}}', host));
}

async function buildOptions(folder: TempFolder, it: ConformanceCase): Promise<BuildOptions> {
  const options = it.options ?? {};
  return {
    context: folder.file('context'),
    ...(it.dockerfileName === undefined ? {} : { file: it.dockerfileName }),
    ...(options.target === undefined ? {} : { target: options.target }),
    ...(options.platform === undefined ? {} : { platforms: [options.platform] }),
    ...(options.networkMode === undefined ? {} : { network: options.networkMode }),
    buildArgs: options.buildArgs ?? {},
    labels: options.labels ?? {},
    secrets: Object.fromEntries(Object.entries(options.secrets ?? {}).map(([id, value]) => [id, { value }])),
    addHosts: Object.fromEntries((options.addHosts ?? []).map(splitHost)),
    buildContexts: await writeNamedContexts(folder, options.contexts ?? {}),
  };
}

function splitHost(text: string): [string, string] {
  const at = text.indexOf('=');
  return [text.slice(0, at), text.slice(at + 1)];
}

async function writeNamedContexts(
  folder: TempFolder,
  contexts: NonNullable<CaseOptions['contexts']>,
): Promise<Record<string, string>> {
  const written = Object.entries(contexts).map(async ([name, files], index) => {
    const path = folder.file(`named-${index}`);
    await writeFiles(path, files);
    return [name, path] as const;
  });
  return Object.fromEntries(await Promise.all(written));
}

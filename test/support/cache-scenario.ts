import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunReason } from '@tsbuild/core';
import { type Builder, type BuildOptions, createBuilder, type MemoryFile } from '@tsbuild/engine';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { describeReason } from '../../packages/cli/src/progress/reason.ts';
import { removeFile, touchFile, writeFiles } from '../../packages/testing/src/fixture-files.ts';
import { testWith } from './parts.ts';
import { openTempFolder, type TempFolder } from './temp-folder.ts';
import { createTemplateStore, forgetBuilds } from './template-store.ts';

type Options = Omit<BuildOptions, 'context' | 'onEvent'>;

/** Where a scenario's second build differs from its first. */
export interface Edit {
  readonly dockerfile?: string;
  /** Files written; null removes. */
  readonly files?: Readonly<Record<string, MemoryFile | null>>;
  /** Files whose modification time is set to another one. */
  readonly touch?: readonly string[];
  readonly options?: Options;
  /** Anything else. */
  readonly also?: (place: { readonly context: string; readonly builder: Builder }) => Promise<void>;
  /** Builds a copy of the context that lies elsewhere. */
  readonly moves?: boolean;
}

export interface Scenario {
  readonly name: string;
  /** @default the Dockerfile of {@link APP} */
  readonly dockerfile?: string;
  /** Besides the files of {@link APP}. */
  readonly files?: Readonly<Record<string, MemoryFile>>;
  readonly options?: Options;
  readonly edit: Edit;
  /** Steps that the second build runs, each with its reason: `COPY a / <- a changed`. Every other one is cached. */
  readonly ran: readonly string[];
}

/** An application with two stages of its own and one that is not built. */
export const APP = {
  dockerfile: `FROM busybox AS deps
WORKDIR /app
COPY package.txt ./
RUN sort package.txt > installed

FROM busybox AS docs
COPY README.md /
RUN tr a-z A-Z < /README.md > /README.loud

FROM deps
COPY src src
RUN cat src/*.txt > bundle
`,
  files: {
    '.dockerignore': 'Dockerfile\n.git\n*.log\n',
    'README.md': 'read me\n',
    'package.txt': 'b\na\n',
    'src/one.txt': 'one\n',
    'src/two.txt': 'two\n',
    'debug.log': 'noise\n',
    link: { symlink: 'src/one.txt' },
  } satisfies Record<string, MemoryFile>,
};

/** Defines a test of each scenario. All use one builder, whose store is as it was at first whenever one starts. */
export function playScenarios(title: string, scenarios: readonly Scenario[]): void {
  describe(title, () => {
    let folder: TempFolder;
    let builder: Builder;
    beforeAll(async () => {
      folder = await createTemplateStore();
      builder = await createBuilder({ root: folder.file('store') });
    });
    afterAll(async () => {
      await builder[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    });
    const define = testWith('root', 'busybox');
    for (const scenario of scenarios) {
      define(scenario.name, async () => {
        await forgetBuilds(builder);
        await playScenario(builder, scenario);
      });
    }
  });
}

/** Builds, edits, builds again, and compares what ran and why. */
async function playScenario(builder: Builder, scenario: Scenario): Promise<void> {
  await using folder = await openTempFolder();
  const context = folder.file('context');
  await writeFiles(context, { Dockerfile: scenario.dockerfile ?? APP.dockerfile, ...APP.files, ...scenario.files });
  const first = await builder.build({ ...scenario.options, context });
  expect(first.steps.map(({ status }) => status)).toEqual(first.steps.map(() => 'ran'));

  const { edit } = scenario;
  await applyEdit(edit, context, builder);
  const place = edit.moves === true ? folder.file('elsewhere') : context;
  if (edit.moves === true) await cp(context, place, { recursive: true, verbatimSymlinks: true });
  const second = await builder.build({ ...(edit.options ?? scenario.options), context: place });

  const ran = second.steps.flatMap(({ name, status, because }) =>
    status === 'cached' ? [] : [`${name} <- ${because === undefined ? status : reasonOf(because)}`],
  );
  expect(ran).toEqual(scenario.ran);
}

/** Without the digests of bases and the times of runs, which differ from run to run. */
function reasonOf(because: RunReason): string {
  if (because.kind === 'ttl') return 'its ttl is over';
  return because.kind === 'base-changed' ? 'the base changed' : describeReason(because);
}

async function applyEdit(edit: Edit, context: string, builder: Builder): Promise<void> {
  if (edit.dockerfile !== undefined) await writeFiles(context, { Dockerfile: edit.dockerfile });
  for (const [path, file] of Object.entries(edit.files ?? {})) {
    if (file === null) await removeFile(context, path);
    else await writeFiles(context, { [path]: file });
  }
  for (const path of edit.touch ?? []) await touchFile(context, path, new Date('2003-04-05T06:07:08Z'));
  await edit.also?.({ context: join(context), builder });
}

/** Gives the name to an image made of busybox. */
export async function retag(builder: Builder, instructions: string, tag = 'busybox'): Promise<void> {
  await builder.build({
    context: { files: { marker: 'x' } },
    dockerfile: `FROM busybox\n${instructions}`,
    tags: [tag],
  });
}

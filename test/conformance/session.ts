import { type Builder, createBuilder, removeStore } from '@tsbuild/engine';
import { saveBusybox } from '../support/busybox.ts';
import { openTempFolder } from '../support/temp-folder.ts';
import { treeFacts } from '../support/tree-facts.ts';
import type { ConformanceCase } from './case.ts';
import type { Base } from './compare-image.ts';
import { runCase } from './run-case.ts';

/** One builder with the base image in its store, used for every case. */
export interface Session extends AsyncDisposable {
  /** Builds a case and returns how it differs from what is expected, one line each. */
  run(it: ConformanceCase): Promise<string[]>;
}

export async function openSession(): Promise<Session> {
  const folder = await openTempFolder();
  const builder = await createBuilder({ root: folder.file('store') });
  const busybox = await makeBase(builder);
  return {
    run: (it) => runCase(builder, busybox, it),
    async [Symbol.asyncDispose]() {
      await builder[Symbol.asyncDispose]();
      await removeStore({ root: builder.root }); // also what commands wrote as other ids of an ordinary user
      await folder[Symbol.asyncDispose]();
    },
  };
}

async function makeBase(builder: Builder): Promise<Base> {
  await saveBusybox(builder);
  const image = await builder.image('busybox:latest');
  return { config: image.config, facts: await treeFacts(await image.tree()) };
}

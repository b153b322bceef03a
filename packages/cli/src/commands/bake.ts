import { resolve } from 'node:path';
import { readBake, readTargets } from '../bake/bake-request.ts';
import { targetEvents } from '../bake/target-events.ts';
import { buildMetadata } from '../build/metadata.ts';
import { readBuilderOptions } from '../build/request.ts';
import { writeWholeFile } from '../build/write-file.ts';
import type { Command } from '../command.ts';
import { BAKE_FLAGS, type BakeFlagName } from '../flags/bake-flags.ts';
import { limitGarbage } from '../limit-memory.ts';
import { openBuilder } from '../open-builder.ts';
import { readProgressMode } from '../progress/mode.ts';
import { openProgress } from '../progress/open-progress.ts';
import { formatWarnings } from '../progress/warnings.ts';

export const bakeCommand = {
  usage: '[OPTIONS] [TARGET…]',
  summary: 'Build many images from Compose or bake files',
  flags: BAKE_FLAGS,
  async run(input) {
    const { values, surroundings, signal } = input;
    const { stderr, cwd } = surroundings;
    const mode = readProgressMode({ progress: values.text('progress'), isQuiet: false }, surroundings);
    const { definition, selection } = await readBake(input);
    const { bake, printBake } = await import('@tsbuild/bake');
    if (values.bool('print')) return { exitCode: 0, stdout: printBake(definition, selection) };
    const targets = await readTargets(definition.targets, selection, input);
    limitGarbage();
    await using builder = await openBuilder(readBuilderOptions(input));
    using progress = openProgress(mode, surroundings);
    const views = new Map(selection.order.map((name) => [name, targetEvents(name, progress.onEvent)]));
    const results = await bake({
      targets,
      only: selection.targets,
      builder,
      onEvent: (target, event) => views.get(target)?.(event),
      signal,
    });
    progress.close();
    const metadataFile = values.text('metadata-file');
    if (metadataFile !== undefined) {
      const metadata = Object.fromEntries(
        Object.entries(results).map(([name, result]) => [name, buildMetadata(result, targets[name]?.tags ?? [])]),
      );
      await writeWholeFile(resolve(cwd, metadataFile), `${JSON.stringify(metadata, null, 2)}\n`);
    }
    if (mode === 'plain' || mode === 'tty')
      stderr.write(
        Object.values(results)
          .map(({ warnings }) => formatWarnings(warnings))
          .join(''),
      );
    return { exitCode: 0 };
  },
} satisfies Command<BakeFlagName>;

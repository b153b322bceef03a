import { UsageError } from '@tsbuild/core';
import type { Stage } from './stage.ts';

/** Prints stages into one Dockerfile. */
export interface StagePrinter {
  /** The text of what the stage needs, and of the stage; nothing of what was printed before. @throws {UsageError} when two of one name differ */
  print(stage: Stage): string;
}

export function createStagePrinter(): StagePrinter {
  const printed = new Set<Stage>();
  const named = new Map<string, string>();

  function textsOf(stage: Stage): readonly string[] {
    if (printed.has(stage)) return [];
    printed.add(stage);
    const before = stage.needs.flatMap(textsOf);
    const text = `${stage.lines.join('\n')}\n`;
    const same = stage.name === undefined ? undefined : named.get(stage.name);
    if (same !== undefined && same !== text) throw twoOf(stage.name);
    if (stage.name !== undefined) named.set(stage.name, text);
    return same === undefined ? [...before, text] : before;
  }

  return { print: (stage) => textsOf(stage).join('\n') };
}

function twoOf(name: string | undefined): UsageError {
  return new UsageError(`two different stages are called ${JSON.stringify(name)}`, {
    hint: 'methods return a new stage: copy from the one that you go on with, or give it another name',
  });
}

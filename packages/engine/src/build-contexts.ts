import { type OpenedContext, openBuildContext } from './build-context.ts';
import type { BuilderResources } from './builder-resources.ts';
import type { NamedContext } from './lower/lower-options.ts';
import type { BuildContext, BuildOptions } from './options.ts';

/** The contexts of one build. Nothing is opened before a step reads it. */
export interface BuildContexts {
  readonly main: OpenedContext;
  /** By lower-case name. */
  readonly named: ReadonlyMap<string, NamedContext>;
  /** Keeps the digests of unchanged files for the next build. */
  saveDigests(): Promise<void>;
}

const IMAGE = 'docker-image://';

export function openContexts(options: BuildOptions, { store }: Pick<BuilderResources, 'store'>): BuildContexts {
  const opened: OpenedContext[] = [];
  const open = (context: BuildContext, dockerfile?: string) => {
    const source = openBuildContext(context, dockerfile, store);
    opened.push(source);
    return source;
  };
  const main = open(options.context, options.dockerfile === undefined ? (options.file ?? 'Dockerfile') : undefined);
  const named = Object.entries(options.buildContexts ?? {}).map(([name, context]): [string, NamedContext] => {
    const isImage = typeof context === 'string' && context.startsWith(IMAGE);
    const value: NamedContext = isImage
      ? { kind: 'image', name: context.slice(IMAGE.length) }
      : { kind: 'local', source: open(context) };
    return [name.toLowerCase(), value];
  });
  return {
    main,
    named: new Map(named),
    async saveDigests() {
      for (const source of opened) await source.saveDigests();
    },
  };
}

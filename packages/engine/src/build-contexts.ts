import type { BuilderResources } from './builder-resources.ts';
import type { NamedContext } from './lower/lower-options.ts';
import type { BuildContext, BuildOptions } from './options.ts';
import type { Owner } from './owner.ts';
import { type OpenedContext, openContextSource } from './source/context-source.ts';
import { DEFAULT_DOCKERFILE } from './source/dockerfile-source.ts';

/** The contexts of one build. Nothing is opened before a step reads it. */
export interface BuildContexts {
  readonly main: OpenedContext;
  /** By lower-case name. */
  readonly named: ReadonlyMap<string, NamedContext>;
  /** Keeps the digests of unchanged files for the next build. */
  saveDigests(): Promise<void>;
}

export interface OpenContextsOptions extends Pick<BuilderResources, 'store'> {
  /** Ends when the build does. */
  readonly owner: Owner;
  readonly signal: AbortSignal | undefined;
}

const IMAGE = 'docker-image://';

export function openContexts(options: BuildOptions, resources: OpenContextsOptions): BuildContexts {
  const opened: OpenedContext[] = [];
  const open = (context: BuildContext, dockerfile?: string) => {
    const source = openContextSource(context, { ...resources, dockerfile });
    opened.push(source);
    return source;
  };
  const main = open(
    options.context,
    options.dockerfile === undefined ? (options.file ?? DEFAULT_DOCKERFILE) : undefined,
  );
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

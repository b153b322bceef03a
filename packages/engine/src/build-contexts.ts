import { withGitModes } from './context/git-modes.ts';
import type { NamedContext } from './lower/lower-options.ts';
import type { BuildContext, BuildOptions } from './options.ts';
import { type ContextSourceOptions, type OpenedContext, openContextSource } from './source/context-source.ts';
import { DEFAULT_DOCKERFILE } from './source/dockerfile-source.ts';

/** The contexts of one build. Nothing is opened before a step reads it. */
export interface BuildContexts {
  readonly main: OpenedContext;
  /** By lower-case name. */
  readonly named: ReadonlyMap<string, NamedContext>;
  /** Keeps the digests of unchanged files for the next build. */
  saveDigests(): Promise<void>;
}

const IMAGE = 'docker-image://';
const LAYOUT = 'oci-layout://';
/** With what follows, `file[:name]` or a name, they are places of images that are taken in whole. */
const ARCHIVES = ['oci-archive://', 'docker-archive://', 'docker-daemon://'];

export function openContexts(
  options: BuildOptions,
  resources: Omit<ContextSourceOptions, 'dockerfile'>,
): BuildContexts {
  const opened: OpenedContext[] = [];
  const open = (context: BuildContext, dockerfile?: string) => {
    const source = openContextSource(context, { ...resources, dockerfile });
    opened.push(source);
    return options.modes === 'git' ? gitModesOf(source) : source;
  };
  const main = open(
    options.context,
    options.dockerfile === undefined ? (options.file ?? DEFAULT_DOCKERFILE) : undefined,
  );
  const named = Object.entries(options.buildContexts ?? {}).map(([name, context]): [string, NamedContext] => {
    return [name.toLowerCase(), namedImage(context) ?? { kind: 'local', source: open(context) }];
  });
  return {
    main,
    named: new Map(named),
    async saveDigests() {
      for (const source of opened) await source.saveDigests();
    },
  };
}

function gitModesOf(source: OpenedContext): OpenedContext {
  return { ...source, open: async (options) => withGitModes(await source.open(options)) };
}

function namedImage(context: BuildContext): NamedContext | undefined {
  if (typeof context !== 'string') return undefined;
  if (context.startsWith(IMAGE)) return { kind: 'image', name: context.slice(IMAGE.length) };
  if (ARCHIVES.some((scheme) => context.startsWith(scheme))) return { kind: 'layout', name: context };
  return context.startsWith(LAYOUT) ? { kind: 'layout', name: context.slice(LAYOUT.length) } : undefined;
}

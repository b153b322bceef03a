import { formatPlatform, type Platform, parsePlatform, UsageError } from '@tsbuild/core';

const LEVELS = ['manifest', 'index', 'manifest-descriptor', 'index-descriptor'] as const;

/** Where an annotation stands: in a manifest or index, or at the descriptor that names one. */
export type AnnotationLevel = (typeof LEVELS)[number];

interface Annotation {
  readonly level: AnnotationLevel;
  /** Only for the image of this platform. */
  readonly platform: string | undefined;
  readonly key: string;
  readonly value: string;
}

/** Annotations by where they stand. */
export interface Annotations {
  /** Of a level, and of those that name a platform the ones for it; undefined when there are none. */
  of(level: AnnotationLevel, platform?: Platform): Readonly<Record<string, string>> | undefined;
}

const LEVEL = String.raw`[a-z-]+(?:\[[^\]]*\])?`;
const KEY = new RegExp(`^(?:(${LEVEL}(?:,${LEVEL})*):)?(\\S+)$`);

/**
 * Reads annotations whose keys are written as for `--annotation`: `[LEVEL[[PLATFORM]],…:]KEY`. Without a level they
 * stand in the manifests.
 * @throws {UsageError}
 */
export function parseAnnotations(annotations: Readonly<Record<string, string>> = {}): Annotations {
  const parsed = Object.entries(annotations).flatMap(([key, value]) => parseOne(key, value));
  return {
    of(level, platform) {
      const name = platform && formatPlatform(platform);
      const own = parsed.filter((one) => one.level === level && (one.platform ?? name) === name);
      // What is said of one platform goes before what is said of all.
      const pairs = [
        ...own.filter((one) => one.platform === undefined),
        ...own.filter((one) => one.platform !== undefined),
      ];
      const entries = [...new Map(pairs.map(({ key, value }) => [key, value]))];
      return entries.length === 0 ? undefined : Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
    },
  };
}

function parseOne(text: string, value: string): Annotation[] {
  const [, levels = 'manifest', key] = KEY.exec(text) ?? [];
  if (key === undefined) throw invalid(text, 'expected [LEVEL:]KEY');
  return levels.split(',').map((part) => {
    const [, name = '', platform] = /^([a-z-]+)(?:\[(.*)\])?$/.exec(part) ?? [];
    const level = LEVELS.find((known) => known === name);
    if (level === undefined) throw invalid(text, `expected ${LEVELS.join(', ')} before the colon`);
    if (platform !== undefined && level.startsWith('index'))
      throw invalid(text, 'an index is for all platforms: leave the platform out');
    return { level, platform: platform && formatPlatform(parsePlatform(platform)), key, value };
  });
}

function invalid(text: string, hint: string): UsageError {
  return new UsageError(`invalid annotation ${JSON.stringify(text)}`, { hint });
}

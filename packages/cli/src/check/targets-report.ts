import type { BuildFile, TargetSummary } from '@tsbuild/engine';
import { aligned } from './aligned.ts';
import { prettyJson, sourceLocation, sourceTexts } from './source-location.ts';

/** The stages of a Dockerfile, as `docker buildx build --call=targets` lists them. */
export function targetsText(targets: readonly TargetSummary[]): string {
  const rows = targets.map((target) => [shownName(target), target.description ?? '']);
  return aligned([['TARGET', 'DESCRIPTION'], ...rows], 3);
}

function shownName({ name = '', isDefault }: TargetSummary): string {
  return isDefault ? `${name} (default)`.trim() : name;
}

/** The same as `--call=targets,format=json` gives it. */
export function targetsJson(targets: readonly TargetSummary[], file: BuildFile): string {
  const shown = targets.map(({ name, isDefault, description, base, platform, range }) => ({
    name,
    ...(isDefault ? { default: true } : {}),
    description,
    base,
    platform,
    location: sourceLocation(range),
  }));
  return prettyJson({ targets: shown, sources: sourceTexts(file) });
}

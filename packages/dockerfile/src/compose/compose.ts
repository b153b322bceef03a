import { createStagePrinter } from './print-stages.ts';
import { Stage } from './stage.ts';

/** A stage that has a name but no base yet. */
export interface NewStage {
  /** FROM: an image, `scratch`, or another stage. @param options.platform as `--platform` */
  from(base: Stage | string, options?: { readonly platform?: string }): Stage;
}

/**
 * Begins a build stage. The name is what others use; the last stage of a build may do without.
 *
 * @example
 * const deps = stage('deps').from('node:22').workdir('/app').copy(['package.json', 'package-lock.json'], './').run('npm ci');
 * const app = stage().from('node:22-slim').copy('/app', '/app', { from: deps }).cmd(['node', '/app/server.js']);
 * await build({ context: '.', dockerfile: app });
 */
export function stage(name?: string): NewStage {
  return { from: (base, { platform } = {}) => Stage.create(name, base, platform) };
}

/** One Dockerfile of texts and stages, in this order; stages that they need come before them. The last stage is the target. */
export function composeDockerfile(...parts: readonly (string | Stage)[]): string {
  const printer = createStagePrinter();
  const texts = parts.map((part) => (typeof part === 'string' ? part : printer.print(part)));
  return texts
    .filter((text) => text !== '')
    .map((text) => (text.endsWith('\n') ? text : `${text}\n`))
    .join('\n');
}

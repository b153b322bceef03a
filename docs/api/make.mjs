// npm run docs:api: makes the API reference in docs/api/html. Whatever typedoc warns of fails: an export without a doc
// comment, a link to nothing, a type that is used and not exported. With --check nothing is written.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Application, Converter, MinimalSourceFile } from 'typedoc';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const PACKAGES = fileURLToPath(new URL('../../packages', import.meta.url));
const ENTRY = /^(?<name>\w+)\/src(?:\/(?<subpath>\w+))?$/;

const app = await Application.bootstrap({
  name: 'tsbuild',
  tsconfig: `${HERE}tsconfig.json`,
  entryPoints: ['*/src/index.ts', 'registry/src/server/index.ts', 'testing/src/vitest.ts'].map(
    (path) => `${PACKAGES}/${path}`,
  ),
  readme: `${HERE}README.md`,
  out: `${HERE}html`,
  // npm run typecheck does that.
  skipErrorChecking: true,
  requiredToBeDocumented: ['Class', 'Function', 'Interface', 'TypeAlias', 'Variable'],
  validation: { notExported: true, notDocumented: true, invalidLink: true, invalidPath: true, rewrittenLink: true },
});
app.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
  for (const module of project.children ?? []) describeModule(module);
});

const project = await app.convert();
if (project !== undefined) {
  validatePackages(project);
  if (!process.argv.includes('--check')) await app.generateOutputs(project);
}
process.exitCode = app.logger.hasErrors() || app.logger.hasWarnings() ? 1 : 0;

/** Modules are named as they are imported, and a package's begins with its README. */
function describeModule(module) {
  const { name, subpath } = ENTRY.exec(module.name)?.groups ?? {};
  if (name === undefined) throw new Error(`${module.name} is no entry of a package`);
  module.name = ['@tsbuild', name, subpath].filter((part) => part !== undefined).join('/');
  if (subpath !== undefined) return;
  const path = `${PACKAGES}/${name}/README.md`;
  const text = readFileSync(path, 'utf8').replace(/^# .*\n/, '');
  module.readme = app.converter.parseRawComment(new MinimalSourceFile(text, path), module.project.files).content;
}

/** typedoc asks these questions of one package at a time. */
function validatePackages(project) {
  for (const { name } of project.children ?? []) {
    project.packageName = name;
    app.validate(project);
  }
}

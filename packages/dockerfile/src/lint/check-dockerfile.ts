import { type BuildWarning, DockerfileError } from '@tsbuild/core';
import type { Dockerfile } from '../ast.ts';
import { type CheckOptions, parseCheckOptions } from '../read/check-options.ts';
import { parseDirective } from '../read/directives.ts';
import { own } from './from-facts.ts';
import { type CheckDockerfileOptions, createLintModel } from './model.ts';
import type { LintRule, LintSubject } from './rule.ts';
import { LINT_RULES } from './rules.ts';

/**
 * Runs BuildKit's build checks over all stages and gives what they find, in the order of the lines. Obeys `# check=` at
 * the top of the file, above an instruction, and in the build argument `BUILDKIT_DOCKERFILE_CHECK`.
 * @throws {DockerfileError} when `BUILDKIT_DOCKERFILE_CHECK` is malformed.
 * @see https://docs.docker.com/reference/build-checks/
 */
export function checkDockerfile(dockerfile: Dockerfile, options: CheckDockerfileOptions = {}): readonly BuildWarning[] {
  const checks = checkOptions(dockerfile, options);
  const rules = LINT_RULES.filter((rule) => isOn(rule, checks));
  if (rules.length === 0) return [];
  const model = createLintModel(dockerfile, options);
  const warnings: BuildWarning[] = [];
  for (const rule of rules) {
    rule.check(model, (subject, message, range = subject.range) => {
      if (isSilenced(rule, subject)) return;
      warnings.push({ rule: rule.name, message, ...(rule.url && { url: rule.url }), range });
    });
  }
  return warnings.sort((a, b) => (a.range?.start.line ?? 0) - (b.range?.start.line ?? 0));
}

/** The error that `# check=error=true` makes of warnings; undefined without it or without warnings. */
export function checkFailure(
  dockerfile: Dockerfile,
  warnings: readonly BuildWarning[],
  options: CheckDockerfileOptions = {},
): DockerfileError | undefined {
  const [first] = warnings;
  if (first === undefined || !checkOptions(dockerfile, options).error) return undefined;
  const rules = [...new Set(warnings.map(({ rule }) => rule))];
  return new DockerfileError('ERR_TSBUILD_CHECK_FAILED', `lint violation found for rules: ${rules.join(', ')}`, {
    hint: `${first.rule}: ${first.message}`,
    range: first.range,
    source: dockerfile.source,
  });
}

const NONE: CheckOptions = { skip: [], experimental: [], error: false };

function checkOptions({ directives }: Dockerfile, { buildArgs = {} }: CheckDockerfileOptions): CheckOptions {
  const argument = own(buildArgs, 'BUILDKIT_DOCKERFILE_CHECK');
  return argument === undefined ? (directives.check ?? NONE) : parseCheckOptions(argument);
}

function isOn({ name, isExperimental }: LintRule, { skip, experimental }: CheckOptions): boolean {
  return isExperimental === true ? isNamed(name, experimental) : !isNamed(name, skip);
}

function isNamed(name: string, names: readonly string[] | 'all'): boolean {
  return names === 'all' || names.includes(name);
}

/** A comment `# check=skip=…` above an instruction is for that instruction alone. */
function isSilenced(rule: LintRule, { comments = [] }: LintSubject): boolean {
  return comments.some((comment) => {
    const directive = parseDirective(comment);
    return directive?.key === 'check' && isNamed(rule.name, skippedBy(directive.value));
  });
}

function skippedBy(value: string): readonly string[] | 'all' {
  try {
    return parseCheckOptions(value).skip;
  } catch {
    return [];
  }
}

import type { LintRule } from '../rule.ts';
import type { StageFacts } from '../stage-facts.ts';

export const workdirRelativePath: LintRule = {
  name: 'WorkdirRelativePath',
  description:
    'Relative workdir without an absolute workdir declared within the build can have unexpected results if the base image changes',
  url: 'https://docs.docker.com/go/dockerfile/rule/workdir-relative-path/',
  check({ stages }, report) {
    for (const stage of stages) {
      if (hasWorkdir(stage.parent)) continue;
      const first = stage.steps.find(({ instruction }) => instruction.kind === 'WORKDIR');
      const [path = '/'] = first?.values ?? [];
      if (first === undefined || path.startsWith('/')) continue;
      report(
        first.instruction,
        `Relative workdir ${JSON.stringify(path)} can have unexpected results if the base image changes`,
      );
    }
  },
};

function hasWorkdir(stage: StageFacts | undefined): boolean {
  for (let at = stage; at !== undefined; at = at.parent) {
    if (at.steps.some(({ instruction }) => instruction.kind === 'WORKDIR')) return true;
  }
  return false;
}

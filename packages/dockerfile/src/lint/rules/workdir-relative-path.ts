import type { LintRule } from '../rule.ts';

export const workdirRelativePath: LintRule = {
  name: 'WorkdirRelativePath',
  description:
    'Relative workdir without an absolute workdir declared within the build can have unexpected results if the base image changes',
  url: 'https://docs.docker.com/go/dockerfile/rule/workdir-relative-path/',
  check({ stages }, report) {
    for (const stage of stages) {
      if (stage.parent?.scope.hasWorkdir) continue;
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

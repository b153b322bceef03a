import type { LintRule } from '../rule.ts';

export const redundantTargetPlatform: LintRule = {
  name: 'RedundantTargetPlatform',
  description: 'Setting platform to predefined $TARGETPLATFORM in FROM is redundant as this is the default behavior',
  url: 'https://docs.docker.com/go/dockerfile/rule/redundant-target-platform/',
  check({ froms }, report) {
    for (const { stage, platform, globals } of froms) {
      if (platform === undefined || platform.used.size !== 1 || platform.unset.size > 0) continue;
      if (!platform.used.has('TARGETPLATFORM') || platform.value !== globals.values.get('TARGETPLATFORM')) continue;
      report(
        stage.from,
        `Setting platform to predefined ${stage.from.platform} in FROM is redundant as this is the default behavior`,
      );
    }
  },
};

import { platformOrUndefined } from '../platform.ts';
import type { LintRule } from '../rule.ts';

export const fromPlatformFlagConstDisallowed: LintRule = {
  name: 'FromPlatformFlagConstDisallowed',
  description: 'FROM --platform flag should not use a constant value',
  url: 'https://docs.docker.com/go/dockerfile/rule/from-platform-flag-const-disallowed/',
  check({ froms }, report) {
    for (const { stage, platform } of froms) {
      if (platform === undefined || platform.used.size + platform.unset.size > 0) continue;
      const { os = '', architecture = '' } = platformOrUndefined(platform.value) ?? {};
      const { name = '' } = stage;
      if (os === '' || name.includes(os) || name.includes(architecture)) continue;
      report(stage.from, `FROM --platform flag should not use constant value ${JSON.stringify(platform.value)}`);
    }
  },
};

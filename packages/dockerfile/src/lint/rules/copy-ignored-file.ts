import { cleanPath } from '../../ignore/clean-path.ts';
import { isWhollyIgnored } from '../ignored-source.ts';
import type { LintRule } from '../rule.ts';

export const copyIgnoredFile: LintRule = {
  name: 'CopyIgnoredFile',
  description: 'Attempting to Copy file that is excluded by .dockerignore',
  url: 'https://docs.docker.com/go/dockerfile/rule/copy-ignored-file/',
  check({ stages, options: { ignores } }, report) {
    if (ignores === undefined) return;
    for (const { instruction, values } of stages.flatMap(({ steps }) => steps)) {
      if (instruction.kind !== 'ADD' && (instruction.kind !== 'COPY' || instruction.from !== undefined)) continue;
      const verb = instruction.kind === 'ADD' ? 'Add' : 'Copy';
      for (const source of values.filter((value) => !isRemote(value))) {
        const path = cleanPath(`/${source}`).slice(1);
        if (!isWhollyIgnored(path, ignores)) continue;
        const shown = JSON.stringify(cleanPath(source));
        report(instruction, `Attempting to ${verb} file ${shown} that is excluded by .dockerignore`);
      }
    }
  },
};

/** Downloads and git repositories are no files of the context. */
function isRemote(source: string): boolean {
  return /^(?:[a-z][a-z0-9+.-]*:\/\/|git@)/i.test(source);
}

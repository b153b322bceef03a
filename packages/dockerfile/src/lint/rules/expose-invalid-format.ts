import { exposedWords } from '../exposed-words.ts';
import type { LintRule } from '../rule.ts';

export const exposeInvalidFormat: LintRule = {
  name: 'ExposeInvalidFormat',
  description:
    'IP address and host-port mapping should not be used in EXPOSE instruction. This will become an error in a future release',
  url: 'https://docs.docker.com/go/dockerfile/rule/expose-invalid-format/',
  check({ stages }, report) {
    for (const { instruction, word, port } of exposedWords(stages)) {
      if (!port.isMapping) continue;
      report(instruction, `EXPOSE instruction should not define an IP address or host-port mapping, found '${word}'`);
    }
  },
};

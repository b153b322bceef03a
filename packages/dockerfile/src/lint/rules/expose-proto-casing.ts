import { exposedWords } from '../exposed-words.ts';
import type { LintRule } from '../rule.ts';

export const exposeProtoCasing: LintRule = {
  name: 'ExposeProtoCasing',
  description: 'Protocol in EXPOSE instruction should be lowercase',
  url: 'https://docs.docker.com/go/dockerfile/rule/expose-proto-casing/',
  check({ stages }, report) {
    for (const { instruction, word, port } of exposedWords(stages)) {
      if (port.protocol === port.protocol.toLowerCase()) continue;
      report(instruction, `Defined protocol '${word}' in EXPOSE instruction should be lowercase`);
    }
  },
};

import type { LintRule } from '../rule.ts';

export const fromAsCasing: LintRule = {
  name: 'FromAsCasing',
  description: "The 'as' keyword should match the case of the 'from' keyword",
  url: 'https://docs.docker.com/go/dockerfile/rule/from-as-casing/',
  check({ dockerfile }, report) {
    for (const { from } of dockerfile.stages) {
      const { keyword, asKeyword } = from;
      if (asKeyword === undefined || isSameCase(keyword, asKeyword)) continue;
      report(from, `'${asKeyword}' and '${keyword}' keywords' casing do not match`);
    }
  },
};

/** A `From` of mixed case is left to ConsistentInstructionCasing. */
function isSameCase(keyword: string, asKeyword: string): boolean {
  if (keyword === keyword.toLowerCase()) return asKeyword === asKeyword.toLowerCase();
  return keyword !== keyword.toUpperCase() || asKeyword === asKeyword.toUpperCase();
}

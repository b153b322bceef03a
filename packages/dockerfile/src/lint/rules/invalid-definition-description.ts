import type { ArgInstruction, Instruction } from '../../instructions.ts';
import type { LintReport, LintRule } from '../rule.ts';

export const invalidDefinitionDescription: LintRule = {
  name: 'InvalidDefinitionDescription',
  description:
    'Comment for build stage or argument should follow the format: `# <arg/stage name> <description>`. If this is not intended to be a description comment, add an empty line or comment between the instruction and the comment.',
  url: 'https://docs.docker.com/go/dockerfile/rule/invalid-definition-description/',
  isExperimental: true,
  check({ dockerfile }, report) {
    for (const { from, name, instructions } of dockerfile.stages) {
      if (name !== undefined) checkComment('FROM', from, [name], report);
      for (const instruction of instructions) if (instruction.kind === 'ARG') checkArg(instruction, report);
    }
    for (const arg of dockerfile.globalArgs) checkArg(arg, report);
  },
};

function checkArg(arg: ArgInstruction, report: LintReport): void {
  const names = arg.args.map(({ name }) => name);
  checkComment('ARG', arg, names, report);
}

function checkComment(kind: string, instruction: Instruction, names: readonly string[], report: LintReport): void {
  const comment = instruction.comments.at(-1);
  if (comment === undefined || names.includes(comment.split(' ', 1)[0] ?? '')) return;
  const example = names.length === 1 ? names[0] : '<arg_key>';
  report(instruction, `Comment for ${kind} should follow the format: \`# ${example} <description>\``);
}

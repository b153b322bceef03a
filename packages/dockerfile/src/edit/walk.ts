import type { Dockerfile, Stage } from '../ast.ts';
import type { Instruction } from '../instructions.ts';

/** All instructions in the order of the file, FROM included; `stage` is absent for the ARGs before the first FROM. */
export function* walkInstructions(
  dockerfile: Dockerfile,
): Generator<{ readonly instruction: Instruction; readonly stage?: Stage }> {
  for (const instruction of dockerfile.globalArgs) yield { instruction };
  for (const stage of dockerfile.stages) {
    yield { instruction: stage.from, stage };
    for (const instruction of stage.instructions) yield { instruction, stage };
  }
}

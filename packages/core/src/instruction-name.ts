/** Steps of a Dockerfile have a place in their stage; what loads, pulls and exports has none. */
const NUMBERED = /^\[(?:[^\]]* )?\d+\/\d+\] (?!FROM )/;

/** True of the name of a step that makes something, as its event has it: `[build 2/5] RUN npm ci`. `FROM` only names an image. */
export function namesInstruction(step: string): boolean {
  return NUMBERED.test(step);
}

import type { Ingredients } from '../ingredients.ts';

/** Whether this is what a key may be made of, whoever wrote it: it is compared, and shown to people. */
export function isIngredients(value: unknown): value is Ingredients {
  if (!isObject(value) || !isText(value.instruction)) return false;
  const { variables, settings, files, root } = value;
  return (
    isRecordOf(variables, isText) &&
    isRecordOf(settings, isText) &&
    isRecordOf(files, (facts) => isRecordOf(facts, isFact)) &&
    (root === undefined || isRoot(root))
  );
}

function isFact(value: unknown): boolean {
  return isObject(value) && isText(value.type) && isRecordOf(value, isText);
}

function isRoot(value: unknown): boolean {
  return isObject(value) && isPart(value.base) && Array.isArray(value.steps) && value.steps.every(isPart);
}

function isPart(value: unknown): boolean {
  return isObject(value) && isText(value.name) && isText(value.identity);
}

/** Nothing that a terminal would obey. */
function isText(value: unknown): value is string {
  return typeof value === 'string' && !/[^\P{Cc}\t\r\n]/u.test(value);
}

function isRecordOf(value: unknown, is: (member: unknown) => boolean): boolean {
  return isObject(value) && Object.entries(value).every(([name, member]) => isText(name) && is(member));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

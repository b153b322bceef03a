import type { ExportContext } from '../../../export/export-context.ts';
import { forOthers, parseIngredients, sharedLineage } from '../../ingredients.ts';
import type { ExplainedStep } from '../explanations.ts';
import type { SharedCache, UsedRecord } from '../shared-cache.ts';

/** What the keys of these records were made of, as the store remembers it, or the cache that a record came from. */
export async function explainedSteps(
  records: readonly UsedRecord[],
  shared: SharedCache,
  { store, signal }: ExportContext,
): Promise<readonly ExplainedStep[]> {
  const steps: ExplainedStep[] = [];
  for (const { key, lineages = [] } of records) {
    const lineage = sharedLineage(lineages);
    if (lineage === undefined) continue;
    const ingredients = parseIngredients(await store.records.getIngredients(key));
    const step =
      ingredients === undefined
        ? (await shared.explain(lineage, signal))?.step
        : { lineage, key, ingredients: forOthers(ingredients) };
    if (step?.key === key) steps.push(step);
  }
  return steps;
}

const MAX_DISTANCE = 2;
const MAX_LENGTH = 32;

/** `did you mean X?` for the option nearest to a misspelt word, if one is near enough. */
export function didYouMean(word: string, options: Iterable<string>): string | undefined {
  const nearest = nearestOption(word, options);
  return nearest === undefined ? undefined : `did you mean ${nearest}?`;
}

/** The option that differs from `word` in at most two letters; letter case does not count as different. */
export function nearestOption(word: string, options: Iterable<string>): string | undefined {
  if (word === '' || word.length > MAX_LENGTH) return undefined;
  let best: string | undefined;
  let bestDistance = MAX_DISTANCE + 1;
  for (const option of options) {
    if (Math.abs(option.length - word.length) > MAX_DISTANCE) continue;
    const distance = editDistance(word.toLowerCase(), option.toLowerCase());
    if (distance < bestDistance && distance < word.length) {
      best = option;
      bestDistance = distance;
    }
  }
  return best;
}

/** Levenshtein's distance, one row at a time. */
function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const substitution = (previous[column - 1] ?? 0) + (a[row - 1] === b[column - 1] ? 0 : 1);
      current.push(Math.min(substitution, (previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1));
    }
    previous = current;
  }
  return previous[b.length] ?? 0;
}

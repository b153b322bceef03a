import { COMMANDS, findCommand, IMAGE_COMMANDS } from '../commands.ts';
import { HELP_FLAG } from '../flags/common-flags.ts';
import { type Candidate, type Completions, NOTHING, offer } from './candidates.ts';
import { completeArgument } from './complete-argument.ts';
import { completeFlag, isFlagWord } from './complete-flag.ts';
import { readBefore } from './words-before.ts';

/** What may stand for the last of `words`, the words of a command line after `tsbuild` up to the cursor. */
export async function complete(words: readonly string[], cwd: string): Promise<Completions> {
  const current = words.at(-1) ?? '';
  const before = words.slice(0, -1);
  const [first, second] = before;
  if (first === undefined) return offer(firstWords(), current);
  if (first === 'help') return second === undefined ? offer(commandNames(), current) : NOTHING;
  if (first === 'image' && second === undefined) return offer(imageNames(), current);
  const found = findCommand(before);
  if (found === undefined) return NOTHING;
  const command = await found.entry.load();
  const flags = [...command.flags, HELP_FLAG];
  const place = readBefore(flags, before.slice(found.words), command);
  if (place.isForeign) return { candidates: [], paths: 'files' };
  if (place.awaiting !== undefined || (isFlagWord(current) && !place.onlyArguments))
    return completeFlag({ flags, place, current, cwd });
  return completeArgument({ usage: command.usage, place, current, cwd });
}

function firstWords(): readonly Candidate[] {
  return [
    ...commandNames(),
    { word: 'help', meaning: 'Show the help of a command' },
    { word: 'image', meaning: "Docker's longer names of the commands for images" },
    { word: '--help' },
    { word: '--version' },
  ];
}

function commandNames(): readonly Candidate[] {
  return [...COMMANDS].map(([word, { summary }]) => ({ word, meaning: summary }));
}

function imageNames(): readonly Candidate[] {
  return [...IMAGE_COMMANDS].map(([word, entry]) => {
    const meaning = (typeof entry === 'string' ? COMMANDS.get(entry) : entry)?.summary;
    return meaning === undefined ? { word } : { word, meaning };
  });
}

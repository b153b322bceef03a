/** A mistake that people make, and the whole answer to it: one file of test/mistakes, see its README. */
export interface Mistake {
  readonly title: string;
  /** A line for a shell whose working directory is the build context. */
  readonly command: string;
  /** The build context. */
  readonly files: Readonly<Record<string, string>>;
  readonly answer: Answer;
}

/** What a command says when it fails. */
export interface Answer {
  readonly exitCode: number;
  /** Standard output and standard error, as a terminal shows them. */
  readonly output: string;
}

const SHAPE =
  /^# (?<title>[^\n]+)\n\$ (?<command>[^\n]+)\n(?<files>[\s\S]*?)-- exit status (?<exitCode>\d+) --\n(?<output>[\s\S]*)$/;
const FILE = /^-- (?<path>\S+) --\n(?<content>(?:(?!-- \S+ --\n).*\n)*)/gm;

/** Reads a file of test/mistakes. */
export function readMistake(text: string): Mistake {
  const { title = '', command = '', files = '', exitCode, output = '' } = SHAPE.exec(text)?.groups ?? {};
  if (exitCode === undefined) throw new Error(`not the form of a mistake:\n${text}`);
  const contents = [...files.matchAll(FILE)].map(({ groups }) => [groups?.path, groups?.content]);
  return { title, command, files: Object.fromEntries(contents), answer: { exitCode: Number(exitCode), output } };
}

/** The text of which {@link readMistake} reads the same. */
export function printMistake({ title, command, files, answer }: Mistake): string {
  const sections = Object.entries(files).map(([path, content]) => `-- ${path} --\n${content}`);
  return `# ${title}\n$ ${command}\n${sections.join('')}-- exit status ${answer.exitCode} --\n${answer.output}`;
}

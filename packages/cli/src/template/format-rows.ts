import { table } from '../table.ts';
import { parseTemplate } from './parse-template.ts';
import { runTemplate, type TemplateData } from './run-template.ts';
import { templateError } from './template-error.ts';

export interface RowFormat {
  /** What `table` alone, or no format, shows. */
  readonly defaultTable: string;
  /** Titles of fields, where they are not the field's name in capitals. */
  readonly titles: Readonly<Record<string, string>>;
  /** Fields of every row, for the titles when there are no rows. */
  readonly fields: readonly string[];
}

/** Docker's columns are at least so wide. */
const MIN_WIDTH = 10;

/**
 * Rows as `--format` of Docker's lists prints them: `table`, `table TEMPLATE`, `json`, or a template for each row.
 * @throws {UsageError}
 */
export function formatRows(rows: readonly TemplateData[], format: string | undefined, shape: RowFormat): string {
  if (format === 'json') return rows.map((row) => `${JSON.stringify(row)}\n`).join('');
  const isTable = format === undefined || format === 'table' || /^table\s/.test(format);
  const template = format === undefined || format === 'table' ? shape.defaultTable : format.replace(/^table\s+/, '');
  if (template === '') throw templateError('it is empty');
  const nodes = parseTemplate(template.replace(/\{\{[\s\S]*?\}\}|\\[tn]/g, unescaped));
  const lines = rows.map((row) => runTemplate(nodes, row));
  if (!isTable) return lines.map((line) => `${line}\n`).join('');
  const header = runTemplate(nodes, titlesOf(shape)).toUpperCase();
  return table(
    [header, ...lines].map((line) => line.split('\t')),
    MIN_WIDTH,
  );
}

/** Shells hand over `\\t` as it is typed; within braces it is Go's. */
function unescaped(part: string): string {
  if (part.startsWith('{{')) return part;
  return part === '\\t' ? '\t' : '\n';
}

function titlesOf({ titles, fields }: RowFormat): TemplateData {
  return Object.fromEntries(fields.map((field) => [field, titles[field] ?? field.toUpperCase()]));
}

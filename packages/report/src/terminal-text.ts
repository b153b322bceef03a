const SEQUENCES = new RegExp(
  [
    '\\x1b\\[[0-?]*[ -/]*[@-~]', // colours, cursor
    '\\x1b\\][^\\x07\\x1b]*(?:\\x07|\\x1b\\\\)', // titles, links
    '\\x1b[@-Z\\\\-_]',
    '[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1a\\x1c-\\x1f\\x7f]',
  ].join('|'),
  'g',
);

/** Output for a terminal as plain text: without escape sequences, and of a line that was written anew its last version. */
export function plainText(text: string): string {
  const lines = text.replace(SEQUENCES, '').replaceAll('\r\n', '\n').split('\n');
  return lines.map(lastVersion).join('\n');
}

function lastVersion(line: string): string {
  const text = line.replace(/\r+$/, '');
  return text.slice(text.lastIndexOf('\r') + 1);
}

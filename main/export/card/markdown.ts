/**
 * Escapes a name that a person chose, so that `<`, `*` or a backtick in it is not read as Markdown. Line breaks become
 * spaces; `table` escapes `|`.
 */
export function plain(name: string): string {
  return name
    .replace(/\s+/g, ' ')
    .replace(/[\\`*[\]<#~$]|&(?=#?\w+;)|(?<!\w)_|_(?!\w)/g, (character) => `\\${character}`);
}

/** A Markdown table. */
export function table(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(headings), line(headings.map(() => '---')), ...rows.map(line)].join('\n');
}

/**
 * A name as it is, wherever Markdown stands: a person chooses the names of classes and projects, and `<`, `*` or a
 * backtick in one is no markup. Line breaks become spaces; `|` is left to `table`.
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

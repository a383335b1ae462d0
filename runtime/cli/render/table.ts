import { displayWidth } from '../text/display-width.ts';

/**
 * Rows as aligned columns, two spaces apart, no rules and no frames. Cells may be coloured.
 * A row of one text instead of cells stands as it is: a quiet line below the row it belongs to.
 * @example
 * table([['api', 'Running'], ['docs', 'Failed'], '  exit code 1']) // => 'api   Running\ndocs  Failed\n  exit code 1\n'
 */
export const table = (rows: readonly (readonly string[] | string)[]): string => {
  const widths: number[] = [];
  for (const row of rows) {
    if (typeof row === 'string') continue;
    row.forEach((cell, column) => {
      widths[column] = Math.max(widths[column] ?? 0, displayWidth(cell));
    });
  }
  const lines = rows.map((row) => {
    if (typeof row === 'string') return row;
    const cells = row.map((cell, column) => cell + ' '.repeat((widths[column] ?? 0) - displayWidth(cell)));
    return cells.join('  ').trimEnd();
  });
  return lines.map((line) => `${line}\n`).join('');
};

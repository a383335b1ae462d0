import { useComputed } from '@preact/signals';
import { visibleLine } from '../../session/text/visible.ts';
import { pathParts } from '../model/path-parts.ts';
import { lineOfRow } from '../model/rows.ts';
import { useReview } from '../state/review-context.ts';
import { whoText } from './whose-cell.tsx';

const words = { added: 'added', removed: 'removed', context: '', note: '' } as const;
const mostCharacters = 300;

/** Says where the cursor has come to, for who does not see it. */
export const LineAnnouncer = () => {
  const { cursor, files, whose } = useReview();
  const said = useComputed((): string => {
    const now = cursor.cursor.value;
    const entry = files.listed.value.find(({ path }) => path === now?.path);
    if (now === null || entry === undefined) return '';
    const name = visibleLine(pathParts(entry.path).name);
    const row = entry.rows.value.find(({ key }) => key === now.key);
    const body = entry.body.value;
    if (row === undefined || body.kind !== 'lines') return name;
    if (row.kind === 'fold') return `${name}, unchanged lines, folded`;
    const index = row.kind === 'pair' && now.side === 'before' ? row.left : lineOfRow(row);
    const line = index === null ? undefined : body.file.lines[index];
    if (line === undefined) return name;
    const number = line.after ?? line.before;
    const found = whose.isShown.value ? whose.of(entry).value : null;
    const block = found?.kind === 'found' && line.after !== null ? found.reasons.of(line.after) : null;
    const by = block === null ? '' : `, ${whoText(block)}`;
    return `${name} ${number} ${words[line.kind]}: ${visibleLine(line.text.slice(0, mostCharacters)) || 'empty'}${by}`;
  });
  return (
    <div class="visually-hidden" aria-live="polite">
      {said}
    </div>
  );
};

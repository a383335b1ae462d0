import { counted } from '../../../actors/protocol/facts/counted.ts';
import { Icon } from '../../components/icon.tsx';
import { shortLine } from '../../session/text/visible.ts';
import { type Piece, revealedBy, unfoldStep } from '../model/folds.ts';
import type { FileEntry } from '../state/file-entry.ts';

export type FoldRowProps = {
  readonly entry: FileEntry;
  readonly rowKey: string;
  readonly piece: Exclude<Piece, { readonly kind: 'lines' }>;
  readonly hasCursor: boolean;
};

const mostCharacters = 200;

/** Lines that are the same, folded: more of them at the end of those above, or at the beginning of those below. */
export const FoldRow = ({ entry, rowKey, piece, hasCursor }: FoldRowProps) => {
  const count = piece.kind === 'fold' ? piece.span[1] - piece.span[0] : piece.count;
  const words = count === null ? 'More lines below' : counted(count, 'unchanged line');
  const isLong = piece.kind === 'fold' && piece.span[1] - piece.span[0] > unfoldStep;
  const unfold = (where: 'start' | 'end' | 'all') => (): void => unfoldPiece(entry, piece, where);
  return (
    <div class={hasCursor ? 'fold has-cursor' : 'fold'} data-key={rowKey}>
      <div class="fold-ground">
        {isLong && (
          <button
            type="button"
            class="fold-step"
            aria-label={`Show ${unfoldStep} more below the lines above`}
            onClick={unfold('start')}
          >
            <Icon name="chevron" />
            {unfoldStep}
          </button>
        )}
        {piece.kind === 'fold' ? (
          <button type="button" class="fold-all" onClick={unfold('all')}>
            {words}
          </button>
        ) : (
          <span>{words}, not shown: the file is too long</span>
        )}
        {isLong && (
          <button
            type="button"
            class="fold-step"
            aria-label={`Show ${unfoldStep} more above the lines below`}
            onClick={unfold('end')}
          >
            <Icon name="chevron" class="up" />
            {unfoldStep}
          </button>
        )}
        {piece.enclosing !== '' && <code>{shortLine(piece.enclosing, mostCharacters)}</code>}
      </div>
    </div>
  );
};

/** Shows lines that were folded, where they are there. */
export const unfoldPiece = (entry: FileEntry, piece: FoldRowProps['piece'], where: 'start' | 'end' | 'all'): void => {
  if (piece.kind === 'fold') entry.reveal(revealedBy(piece.span, where));
};

import type { StoredText } from '../../../actors/protocol/facts/events.ts';
import { keptBytes } from '../../../actors/protocol/facts/input-text.ts';
import { Icon } from '../../components/icon.tsx';

/** Says of a text that the log had to bound that nobody can see all of it; nothing of one that is whole. */
export const NotKept = ({ of: { text, truncated } }: { readonly of: StoredText }) =>
  truncated === undefined ? null : (
    <p class="not-kept">
      <Icon name="warning" />
      <span>
        The agent sent <span class="numbers">{truncated.bytes.toLocaleString()}</span> bytes; only{' '}
        <span class="numbers">{keptBytes(text, truncated.bytes).toLocaleString()}</span> are kept, the beginning and the
        end. What is left out cannot be seen.
      </span>
    </p>
  );

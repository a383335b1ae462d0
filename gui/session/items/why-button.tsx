import { Button } from '../../components/button.tsx';
import { useWindow } from '../../shell/window-scope.ts';
import type { Item } from '../model/item.ts';
import { useSession } from '../state/session-context.ts';

/** Opens the inspector at an item's event, or forks the session as it was before it. The ledger has no machine, so nothing of it can be asked. */
export const WhyButton = ({ item: { run, seq } }: { readonly item: Item }) => {
  const { actions } = useWindow();
  const { id } = useSession();
  if (run === 0) return null;
  return (
    <>
      <Button
        look="bare"
        icon="inspect"
        label="Why is it like this?"
        class="item-why"
        onClick={() => actions.inspectSession(id, { run, seq })}
      />
      <Button
        look="bare"
        icon="fork"
        label="Fork from here…"
        class="item-fork"
        onClick={() => actions.ask({ kind: 'fork', id, snapshot: null, before: { run, seq } })}
      />
    </>
  );
};

import { inspectSession } from '../../actions.ts';
import { Button } from '../../components/button.tsx';
import type { Item } from '../model/item.ts';
import { useSession } from '../view/session-context.ts';

/** Opens the inspector at an item's event. The ledger has no machine, so nothing of it can be asked. */
export const WhyButton = ({ item: { run, seq } }: { readonly item: Item }) => {
  const { id } = useSession();
  if (run === 0) return null;
  return (
    <Button
      look="bare"
      icon="inspect"
      label="Why is it like this?"
      class="item-why"
      onClick={() => inspectSession(id, { run, seq })}
    />
  );
};

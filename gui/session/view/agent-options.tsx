import { useSignal } from '@preact/signals';
import { counted } from '../../../actors/protocol/facts/counted.ts';
import { Button } from '../../components/button.tsx';
import { inUsualOrder, OptionField } from '../../components/option-field.tsx';
import { useWindow } from '../../shell/window-scope.ts';
import { useSession } from '../state/session-context.ts';

/** So many are in sight; of more, the first. */
const mostInSight = 4;

/** What of the agent can be chosen, and what is: from the next thing it does on. */
export const AgentOptions = () => {
  const { connection, store, toasts } = useWindow();
  const { id, state } = useSession();
  const busy = useSignal<string | null>(null);
  const showsAll = useSignal(false);
  const detail = state.detail.value;
  if (detail === null || detail.options.length === 0) return null;
  const options = inUsualOrder(detail.options);
  const choose = async (optionId: string, value: string | boolean): Promise<void> => {
    busy.value = optionId;
    try {
      await connection.call('chooseOption', { parameters: { id }, body: { optionId, value } });
    } catch (error) {
      toasts.showError(error);
    } finally {
      // What is chosen is what the runtime says is chosen.
      await state.refresh();
      busy.value = null;
    }
  };
  const hidden = options.length - mostInSight;
  return (
    // biome-ignore lint/a11y/useSemanticElements: in a row, without a frame
    <div class="session-options" role="group" aria-label="The agent’s options">
      {(showsAll.value ? options : options.slice(0, mostInSight)).map((option) => (
        <OptionField
          key={`${option.id} ${busy.value === null}`}
          option={option}
          chosen={detail.choices[option.id]}
          disabled={busy.value !== null || store.isStale.value}
          onChoose={(value) => void choose(option.id, value)}
        />
      ))}
      {hidden > 0 && (
        <Button look="bare" aria-expanded={showsAll.value} onClick={() => (showsAll.value = !showsAll.value)}>
          {showsAll.value ? 'Fewer' : `${counted(hidden, 'more option')}`}
        </Button>
      )}
    </div>
  );
};

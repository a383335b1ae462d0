import { Icon } from '../../components/icon.tsx';
import { shortLine } from '../../session/text/visible.ts';
import { stateNames } from '../model/state-words.ts';
import { useInspector } from '../state/inspector-context.ts';
import type { Branch } from '../state/what-if-state.ts';
import { StepDetails } from '../step/step-details.tsx';

/** What the copy made of what it was sent. */
export const BranchSteps = ({ branch }: { readonly branch: Branch }) => {
  const { whatIf } = useInspector();
  const selected = branch.steps[branch.at];
  return (
    <section class="branch" aria-label="What the copy did">
      <ol class="branch-steps">
        {branch.steps.map(({ step }, index) => (
          <li key={index}>
            <button
              type="button"
              class="branch-step"
              aria-pressed={index === branch.at}
              onClick={() => whatIf.select(index)}
            >
              <code>{shortLine(step.event.type, 60)}</code>
              <span>
                {step.from.join() === step.to.join() ? (
                  <>stays {stateNames(step.to)}</>
                ) : (
                  <>
                    {stateNames(step.from)} <Icon name="back" class="turned" /> {stateNames(step.to)}
                  </>
                )}
              </span>
            </button>
          </li>
        ))}
      </ol>
      {selected !== undefined && (
        <>
          <h2 class="visually-hidden">{shortLine(selected.step.event.type, 60)}, sent to the copy</h2>
          <StepDetails shown={selected} />
        </>
      )}
    </section>
  );
};

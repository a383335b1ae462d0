import type { Step } from '../../../actors/protocol/gateway/inspection.ts';
import { classes } from '../../components/classes.ts';
import { Icon } from '../../components/icon.tsx';
import { shortLine } from '../../session/text/visible.ts';
import { eventTypeName } from '../../state/event-type-names.ts';
import { targetOf } from '../model/chart.ts';
import { stateName, stateNames } from '../model/state-words.ts';
import { transitionWords } from '../model/step-words.ts';

/** Why it went this way, and why not another: the transitions the machine looked at, with their guards. */
export const ConsideredList = ({ step }: { readonly step: Step }) => {
  if (step.considered.length === 0) return <p class="quiet">{reasonFor(step)}</p>;
  return (
    <ol class="considered" aria-label="Transitions considered">
      {step.considered.map(({ transition, guard, passed }) => {
        const isTaken = step.taken.includes(transition);
        const target = targetOf(transition);
        return (
          <li key={transition} class={classes(passed ? 'considered-passed' : 'considered-refused')}>
            <Icon name={passed ? 'check' : 'close'} />
            <span>
              <span class="mono">{shortLine(stateName(transitionWords(transition).source), 60)}</span>
              {target === null ? (
                ' acts'
              ) : (
                <>
                  {' '}
                  → <span class="mono">{shortLine(stateName(target), 60)}</span>
                </>
              )}
              {guard !== null && (
                <>
                  {' '}
                  if <code>{shortLine(guard, 80)}</code>
                </>
              )}
              <span class="considered-word"> {wordFor(passed, isTaken, guard)}</span>
            </span>
          </li>
        );
      })}
    </ol>
  );
};

const wordFor = (passed: boolean, isTaken: boolean, guard: string | null): string => {
  if (!passed) return 'not taken: its guard refused';
  if (!isTaken) return guard === null ? 'would be taken' : 'its guard let it through';
  return 'taken';
};

const finals = new Set(['completed', 'interrupted', 'failed']);

const reasonFor = ({ event, from, heard }: Step): string => {
  if (from.length > 0 && from.every((id) => finals.has(stateName(id)))) {
    return 'The run has ended: its machine hears nothing more.';
  }
  return heard
    ? `Nothing in ${stateNames(from)} reacts to ${event.type}.`
    : `${eventTypeName(event.type)} events pass the machine by: none of its states reacts to them.`;
};

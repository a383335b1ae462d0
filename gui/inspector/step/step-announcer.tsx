import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { shortLine } from '../../session/text/visible.ts';
import { stepSentence } from '../model/step-words.ts';
import { branchHere, useInspector } from '../state/inspector-context.ts';

const afterMs = 250;
const mostCharacters = 200;

/** Says where a step leads once a hand rests: a key that is held would be more than can be heard. */
export const StepAnnouncer = () => {
  const scope = useInspector();
  const said = useSignal('');
  const branch = branchHere(scope);
  const imagined = branch?.steps[branch.at]?.step;
  const step = imagined ?? scope.state.shown.value?.step;
  const words = step === undefined ? '' : `${imagined === undefined ? '' : 'Copy: '}${stepSentence(step)}`;
  useEffect(() => {
    const timer = setTimeout(() => {
      said.value = shortLine(words, mostCharacters);
    }, afterMs);
    return () => clearTimeout(timer);
  }, [words]);
  return (
    <p class="visually-hidden" role="status" aria-live="polite">
      {said.value}
    </p>
  );
};

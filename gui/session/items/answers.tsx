import { useSignal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import { holdsForAlways } from '../../../actors/protocol/asked/meant-option.ts';
import type { ApprovalOption } from '../../../actors/protocol/facts/events.ts';
import { Button } from '../../components/button.tsx';
import { classes } from '../../components/classes.ts';
import { RuntimeGone } from '../../components/runtime-gone.tsx';
import { createLatePart } from '../../shell/late-part.ts';
import { useWindow } from '../../shell/window-scope.ts';
import type { Deciding } from '../model/decision.ts';
import type { Asked, WhatIsAsked } from '../model/what-is-asked.ts';
import { shortLine } from '../text/visible.ts';
import { Output } from './output.tsx';
import { PageQuestion } from './page-question.tsx';

type AnswersProps = { readonly asked: Asked; readonly what: WhatIsAsked; readonly sessionId: string };

/** The answers to choose from, in the agent's words; a form's fields, or the page to be opened. */
export const Answers = ({ asked, what, sessionId: id }: AnswersProps) => {
  const { connection, toasts } = useWindow();
  const chosen = useSignal<string | null>(null);
  const decide: Deciding['decide'] = (name, body) => {
    if (chosen.value !== null) return;
    chosen.value = name;
    connection.call('decide', { parameters: { id, approvalId: asked.approvalId }, body }).catch((error: unknown) => {
      chosen.value = null;
      toasts.showError(error);
    });
  };
  const deciding = { chosen: chosen.value, decide };
  const { question } = asked;
  return (
    <>
      {question?.url !== null && question?.url !== undefined ? (
        <PageQuestion address={question.url} {...deciding} />
      ) : question?.form !== undefined ? (
        <LateForm form={question.form} {...deciding} />
      ) : (
        <Options asked={asked} what={what} {...deciding} />
      )}
      <RuntimeGone />
    </>
  );
};

const maxOptionCharacters = 80;

const Options = ({ asked, what, chosen, decide }: Omit<AnswersProps, 'sessionId'> & Deciding) => {
  const isQuestion = what.kind === 'question';
  const { options } = asked;
  return (
    <>
      {options
        .filter(({ name }) => shortLine(name, maxOptionCharacters) !== name.trim())
        .map(({ optionId, name }) => (
          <Output key={optionId} output={{ text: name }} label="The whole of an answer" asIs />
        ))}
      <div class={classes('approval-options', isQuestion && 'question-options')}>
        {options.map((option) => (
          <Button
            key={option.optionId}
            look={lookOf(option, what)}
            class={holdsForAlways(option) ? 'option-always' : ''}
            busy={chosen === option.optionId}
            disabled={chosen !== null}
            tellsRuntime
            onClick={() =>
              decide(option.optionId, { decision: decisionOf(option, isQuestion), optionId: option.optionId })
            }
          >
            {shortLine(option.name, maxOptionCharacters) || shortLine(option.optionId, maxOptionCharacters)}
            {holdsForAlways(option) && <span class="option-mark">always</span>}
          </Button>
        ))}
        {options.length === 0 && (
          <Button busy={chosen !== null} tellsRuntime onClick={() => decide('deny', { decision: 'deny' })}>
            Deny
          </Button>
        )}
      </div>
      {options.length === 0 && <p class="quiet">The agent gave no answers to choose from.</p>}
    </>
  );
};

/**
 * The usual answer is to allow once, and to reject what is not known. What holds for always is never that, and neither is
 * any answer to a question.
 */
const lookOf = ({ kind }: ApprovalOption, what: WhatIsAsked): 'primary' | 'quiet' => {
  if (what.kind === 'question') return 'quiet';
  return kind === (what.kind === 'nothing' ? 'reject_once' : 'allow_once') ? 'primary' : 'quiet';
};

/**
 * What is told of an answer. One without a kind is chosen for its words, and is a no where they begin with one; what the
 * agent hears is the option in any case.
 */
const decisionOf = ({ kind, name }: ApprovalOption, isQuestion: boolean): 'allow' | 'deny' => {
  if (isQuestion) return 'allow';
  if (/^(?:allow|reject)/u.test(kind)) return kind.startsWith('allow') ? 'allow' : 'deny';
  return /^(?:no|don.?t|do not|reject|deny|decline|cancel|abort|stop)\b/iu.test(name.trim()) ? 'deny' : 'allow';
};

/** Forms are rare: what fills them in comes in a file of its own. */
const LateForm = ({ form, ...deciding }: Deciding & { readonly form: unknown }) => {
  const late = useMemo(
    () => createLatePart(() => import('../form/question-form.tsx').then((it) => it.QuestionForm)),
    [],
  );
  useEffect(late.load, [late]);
  const { value: state } = late.state;
  if (state.kind === 'loaded') return <state.part form={form} {...deciding} />;
  return state.kind === 'failed' ? (
    <Button onClick={late.load}>Load the form again</Button>
  ) : (
    <p class="quiet">The form is on its way…</p>
  );
};

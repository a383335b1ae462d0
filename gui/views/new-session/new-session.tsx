import { useEffect, useRef, useState } from 'preact/hooks';
import type { AgentDescription } from '../../../actors/protocol/gateway/api.ts';
import type { RepositorySetupAnswer } from '../../../actors/protocol/gateway/check-routes.ts';
import {
  AttachButton,
  AttachedImageList,
  filesIn,
  imageParts,
  useAttachedImages,
} from '../../components/attached-images.tsx';
import { Button } from '../../components/button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { Field } from '../../components/field.tsx';
import { Keys } from '../../components/keys.tsx';
import { RuntimeGone } from '../../components/runtime-gone.tsx';
import { ApiError } from '../../connection/api.ts';
import { useWindow } from '../../shell/window-scope.ts';
import {
  type FormProblems,
  fieldOfProblem,
  isAsSent,
  type NewSessionForm,
  problemsOf,
  requestOf,
} from '../../state/new-session-form.ts';
import { plainLine } from '../../state/plain-text.ts';
import { sentencesOf } from '../../state/sentence.ts';
import { AgentField } from './agent-field.tsx';
import { PathField } from './path-field.tsx';
import { SessionDetailsFields } from './session-details-fields.tsx';
import { SetupAsked } from './setup-asked.tsx';
import { type RepositoryLook, useRepository } from './use-repository.ts';
import { useSetup } from './use-setup.ts';

export const NewSession = ({ onClose }: { readonly onClose: () => void }) => {
  const { actions, connection, store } = useWindow();
  const { call } = connection;
  const { form: draft } = store;
  const form = draft.value;
  const [agents, setAgents] = useState<readonly AgentDescription[] | null>(null);
  const [problems, setProblems] = useState<FormProblems>({});
  const [busy, setBusy] = useState(false);
  const element = useRef<HTMLFormElement>(null);
  const repository = useRepository(form.repository);
  const setup = useSetup(form, repository);
  /** What the repository wants to have run, while that is asked about. */
  const [asked, setAsked] = useState<RepositorySetupAnswer | null>(null);
  const attached = useAttachedImages((why) => setProblems((known) => ({ ...known, prompt: why })));

  const change = (part: Partial<NewSessionForm>): void => {
    draft.value = { ...draft.peek(), ...part };
    const touched = new Set([...Object.keys(part), 'form', ...('command' in part ? ['agent'] : [])]);
    setProblems((known) => Object.fromEntries(Object.entries(known).filter(([field]) => !touched.has(field))));
  };

  useEffect(() => {
    call('agents', {})
      .then((answer) => {
        setAgents(answer.agents);
        const usable = answer.agents.filter((agent) => agent.installed);
        const { agent } = draft.peek();
        if (agent !== 'acp:' && !usable.some(({ name }) => name === agent)) change({ agent: usable[0]?.name ?? '' });
      })
      .catch((error: unknown) => setProblems({ form: sentencesOf(error) }));
    if (draft.peek().repository === '') {
      call('repositories', {})
        .then(({ repositories: [latest] }) => {
          if (latest && draft.peek().repository === '') change({ repository: latest.path });
        })
        .catch(() => {});
    }
  }, []);

  const start = async (): Promise<void> => {
    if (busy) return;
    const found = problemsOf(form);
    if (Object.keys(found).length > 0) return show(found);
    setBusy(true);
    const undecided = await setup.undecided();
    if (undecided !== null) {
      setAsked(undecided);
      return setBusy(false);
    }
    try {
      const { id } = await call('startSession', {
        body: requestOf(
          form,
          repository.kind === 'found' ? repository.root : form.repository.trim(),
          imageParts(attached.images.value),
        ),
      });
      draft.value = { ...form, prompt: '', name: '', branch: '' };
      actions.openSession(id);
    } catch (error) {
      setBusy(false);
      const field = error instanceof ApiError ? fieldOfProblem(error.code, error.message) : 'form';
      if (isAsSent(field, form, draft.peek())) show({ [field]: sentencesOf(error) });
    }
  };

  /** Says each problem beside its field, and leads to the first. */
  const show = (found: FormProblems): void => {
    setProblems(found);
    requestAnimationFrame(() => element.current?.querySelector<HTMLElement>('[aria-invalid=true]')?.focus());
  };

  if (asked !== null) {
    const props = {
      setup: asked,
      path: setup.path,
      base: setup.base,
      isStart: true,
      onDecided: () => {
        setup.decide(asked);
        setAsked(null);
        void start();
      },
      onClose: () => setAsked(null),
    };
    return <SetupAsked {...props} />;
  }
  return (
    <Dialog title="New session" size="large" onClose={onClose}>
      <form
        ref={element}
        class="new-session"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void start();
        }}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
          event.preventDefault();
          void start();
        }}
      >
        <Field label="Prompt" problem={problems.prompt}>
          {(props) => (
            <>
              <textarea
                {...props}
                onPaste={(event) => {
                  const files = filesIn(event.clipboardData);
                  if (files.length === 0) return;
                  event.preventDefault();
                  void attached.attach(files);
                }}
                onDrop={(event) => {
                  const files = filesIn(event.dataTransfer);
                  if (files.length === 0) return;
                  event.preventDefault();
                  void attached.attach(files);
                }}
                class="input prompt-input"
                rows={4}
                autofocus
                placeholder="What is the agent to do?"
                value={form.prompt}
                onInput={(event) => change({ prompt: event.currentTarget.value })}
              />
              <div class="prompt-attached">
                <AttachButton attached={attached} />
                <AttachedImageList attached={attached} />
              </div>
            </>
          )}
        </Field>
        <PathField
          label="Repository"
          value={form.repository}
          onChange={(path) => change({ repository: path })}
          problem={problems.repository ?? (repository.kind === 'refused' ? repository.message : null)}
          hint={hintOf(repository)}
        />
        <AgentField agents={agents} form={form} onChange={change} problem={problems.agent} />
        <SessionDetailsFields form={form} onChange={change} problems={problems} repository={repository} />
        <RuntimeGone />
        <footer class="dialog-foot">
          {problems.form ? (
            <p class="field-problem" role="alert">
              {problems.form}
            </p>
          ) : (
            <p class="quiet foot-note">
              <Keys of="Mod+Enter" /> starts it
            </p>
          )}
          <Button onClick={onClose}>Cancel</Button>
          <Button look="primary" type="submit" busy={busy} tellsRuntime>
            {busy ? 'Starting…' : 'Start session'}
          </Button>
        </footer>
      </form>
    </Dialog>
  );
};

/**
 * Where the repository is, which need not be what was typed, what is checked out there, and whether it brings settings
 * for agents, which can run commands and which somebody else may have written.
 */
const hintOf = (look: RepositoryLook): string | undefined => {
  if (look.kind !== 'found') return undefined;
  const { root, headBranch, agentSettings = [] } = look;
  const settings = agentSettings.length === 0 ? '' : `. It brings settings for agents: ${agentSettings.join(', ')}`;
  return plainLine(`${root}, ${headBranch === null ? 'no branch checked out' : `on ${headBranch}`}${settings}`);
};

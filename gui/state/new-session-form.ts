/** What is filled in to start a session: what is wrong with it, and what is asked for. Pure. */
import type { ApprovalPolicy, NewSession } from '../../actors/protocol/gateway/api.ts';
import { suggestedName } from './suggest-name.ts';

export type NewSessionForm = {
  readonly prompt: string;
  readonly repository: string;
  /** A name of the list, or `acp:` for a command of one's own. */
  readonly agent: string;
  /** The command that speaks the protocol, when the agent is `acp:`. */
  readonly command: string;
  /** Which script the rehearsal agent follows. */
  readonly script: string;
  /** Empty takes the suggestion. */
  readonly name: string;
  readonly branch: string;
  readonly base: string;
  readonly approvals: ApprovalPolicy;
  readonly worktree: boolean;
  /** What was chosen of the agent's options, by their ids. */
  readonly choices: Readonly<Record<string, string | boolean>>;
};

export type FormField = 'prompt' | 'repository' | 'agent' | 'name' | 'branch' | 'base';
export type FormProblems = Readonly<Partial<Record<FormField | 'form', string>>>;

export const emptyForm: NewSessionForm = {
  prompt: '',
  repository: '',
  agent: '',
  command: '',
  script: 'default',
  name: '',
  branch: '',
  base: '',
  approvals: 'ask',
  worktree: true,
  choices: {},
};

/** Whether this is a form as this version has it. */
export const isForm = (value: unknown): value is NewSessionForm =>
  typeof value === 'object' &&
  value !== null &&
  Object.entries(emptyForm).every(([field, empty]) => typeof Reflect.get(value, field) === typeof empty) &&
  Reflect.get(value, 'choices') !== null &&
  ['ask', 'allow', 'deny'].includes(Reflect.get(value, 'approvals'));

/** What can be said without asking the runtime. */
export const problemsOf = (form: NewSessionForm): FormProblems => ({
  ...(form.prompt.trim() === '' ? { prompt: 'Say what the agent is to do.' } : {}),
  ...(form.repository.trim() === '' ? { repository: 'Choose the repository to work on.' } : {}),
  ...(form.repository.trim() !== '' && !/^[/~]/u.test(form.repository.trim()) && !/^[a-z]:[\\/]/iu.test(form.repository)
    ? { repository: 'Give the whole path, from / or ~.' }
    : {}),
  ...(form.agent === '' ? { agent: 'Choose an agent.' } : {}),
  ...(form.agent === 'acp:' && form.command.trim() === '' ? { agent: 'Give the command that starts it.' } : {}),
});

export const requestOf = (form: NewSessionForm, repository: string, parts: NewSession['parts'] = []): NewSession => {
  const name = form.name.trim() || suggestedName(form.prompt);
  return {
    prompt: form.prompt,
    repository,
    agent: agentOf(form),
    approvals: form.approvals,
    worktree: form.worktree,
    ...(name === '' ? {} : { name }),
    ...(Object.keys(form.choices).length === 0 ? {} : { choices: form.choices }),
    ...(parts.length === 0 ? {} : { parts }),
    ...(form.worktree && form.branch.trim() !== '' ? { branch: form.branch.trim() } : {}),
    ...(form.worktree && form.base.trim() !== '' ? { base: form.base.trim() } : {}),
  };
};

const agentOf = ({ agent, command, script }: NewSessionForm): string => {
  if (agent === 'acp:') return `acp:${command.trim()}`;
  return agent === 'rehearsal' && script !== 'default' ? `rehearsal:${script}` : agent;
};

const fieldsByCode: Readonly<Record<string, FormField>> = {
  'repository.bad_base': 'base',
  'worktree.bad_branch': 'branch',
  'worktree.exists': 'branch',
};

/** Whether a field says what it said: a refusal of what has been changed since it was sent is no longer true. */
export const isAsSent = (field: FormField | 'form', sent: NewSessionForm, now: NewSessionForm): boolean => {
  if (field === 'form') return true;
  const parts: readonly (keyof NewSessionForm)[] = field === 'agent' ? ['agent', 'command', 'script'] : [field];
  return parts.every((part) => sent[part] === now[part]);
};

/** The field a refusal belongs to, so that it can be said there. */
export const fieldOfProblem = (code: string, detail: string): FormField | 'form' => {
  const known = fieldsByCode[code];
  if (known) return known;
  if (code.startsWith('repository.')) return 'repository';
  if (code.startsWith('agent.')) return 'agent';
  const named = /\b(prompt|repository|agent|name|branch|base)\b/u.exec(code === 'input.invalid' ? detail : '');
  return (named?.[1] as FormField | undefined) ?? 'form';
};

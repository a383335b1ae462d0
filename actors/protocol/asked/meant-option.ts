/** Which of an agent's options is meant by a plain yes or no. What holds for always is never taken for once. */
import type { ApprovalOption } from '../facts/events.ts';

/** The kinds of options that the protocol has; an agent may have others, or give none. */
const kinds = ['allow_once', 'allow_always', 'reject_once', 'reject_always'];

export type MeantOption =
  | { readonly kind: 'option'; readonly option: ApprovalOption }
  /** Somebody has to choose one of these. */
  | { readonly kind: 'choose'; readonly options: readonly ApprovalOption[] }
  /** The agent offers nothing of the kind. */
  | { readonly kind: 'none' };

/**
 * What a person means who names no option. To allow is to allow once: where that is not one option and no other, the
 * person has to choose. To deny is to deny once, and for always only where that is all there is.
 * @example
 * const once = { optionId: 'y', name: 'Yes', kind: 'allow_once' };
 * const always = { optionId: 'a', name: 'Always', kind: 'allow_always' };
 * meantOption([always, once], 'allow') // => { kind: 'option', option: once }
 * meantOption([always], 'allow') // => { kind: 'choose', options: [always] }
 * meantOption([always], 'deny') // => { kind: 'none' }
 */
export const meantOption = (options: readonly ApprovalOption[], decision: 'allow' | 'deny'): MeantOption => {
  if (decision === 'deny') return firstOf(options, ['reject_once', 'reject_always']) ?? { kind: 'none' };
  const once = options.filter(({ kind }) => kind === 'allow_once');
  const [only] = once;
  if (once.length === 1 && only !== undefined) return { kind: 'option', option: only };
  const possible = options.filter(({ kind }) => !kind.startsWith('reject'));
  return possible.length > 0 ? { kind: 'choose', options: possible } : { kind: 'none' };
};

/**
 * What a policy means: it takes what holds for always where nothing holds for once, and leaves to a person what it
 * cannot read.
 */
export const policyOption = (options: readonly ApprovalOption[], decision: 'allow' | 'deny'): MeantOption => {
  if (decision === 'deny') return meantOption(options, 'deny');
  const unread = options.filter(({ kind }) => !kinds.includes(kind));
  return (
    firstOf(options, ['allow_once', 'allow_always']) ??
    (unread.length > 0 ? { kind: 'choose', options: unread } : { kind: 'none' })
  );
};

/** Whether a request waits for a person under this policy: a question always does, and so does what it cannot read. */
export const isLeftToPerson = (
  { options, question }: { readonly options: readonly ApprovalOption[]; readonly question?: unknown },
  policy: 'ask' | 'allow' | 'deny',
): boolean => policy === 'ask' || question !== undefined || policyOption(options, policy).kind === 'choose';

/** Whether an option holds for more than the request it is chosen for. */
export const holdsForAlways = ({ kind }: ApprovalOption): boolean => kind.endsWith('_always');

/** Whether the agent says of what kind any of its options is. */
export const hasKinds = (options: readonly ApprovalOption[]): boolean =>
  options.some(({ kind }) => kinds.includes(kind));

const firstOf = (options: readonly ApprovalOption[], wanted: readonly string[]): MeantOption | null => {
  for (const kind of wanted) {
    const option = options.find((candidate) => candidate.kind === kind);
    if (option !== undefined) return { kind: 'option', option };
  }
  return null;
};

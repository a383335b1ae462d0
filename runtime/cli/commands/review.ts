import { resolveSession } from '../connect/queries.ts';
import type { ExitCode } from '../invocation/exit-codes.ts';
import type { Invocation } from '../invocation/invocation.ts';
import { type WindowOptions, window } from './window.ts';

/** `review`: the window, at the review of a session's changes. */
export const review = async (invocation: Invocation, given: string, options: WindowOptions): Promise<ExitCode> => {
  const { id } = await resolveSession(invocation, given);
  return window(invocation, { ...options, at: `#/session/${id}/review` });
};

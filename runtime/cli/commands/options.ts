import { withChoices } from '../../../actors/model/run/chosen-option.ts';
import { resolveSession, withQueries } from '../connect/queries.ts';
import { ensureRuntime, thisProgram } from '../connect/runtime-process.ts';
import { type ExitCode, exitCodes } from '../invocation/exit-codes.ts';
import type { Invocation } from '../invocation/invocation.ts';
import { optionLines } from '../render/option-lines.ts';

/** `options`: chooses what is given of a session's agent, in that order, and shows what can be chosen. */
export const options = async (
  invocation: Invocation,
  given: string,
  choices: Readonly<Record<string, string>>,
): Promise<ExitCode> => {
  const { terminal, json, directory } = invocation;
  const { id } = await resolveSession(invocation, given);
  for (const [optionId, value] of Object.entries(choices)) {
    const client = await ensureRuntime(directory, { script: thisProgram() });
    await client.call('chooseOption', { parameters: { id }, body: { optionId, value } });
  }
  const detail = await withQueries(invocation, (queries) => queries.session(id));
  // What was chosen while no agent lived is told to the next.
  const shown = withChoices(detail.options, detail.choices);
  if (json) await terminal.writeJson({ id, options: shown, choices: detail.choices });
  else await terminal.write(optionLines(shown, detail.choices, terminal.colours));
  return exitCodes.done;
};

/** A person chooses a value of one of the agent's options: in the ledger first, and then the agent hears of it. */
import { chosenOption } from '../../actors/model/run/chosen-option.ts';
import { fact } from '../../actors/protocol/facts/events.ts';
import { type SessionId, toTimestamp } from '../../actors/protocol/facts/ids.ts';
import type { OptionChoice } from '../surface.ts';
import type { Readers } from '../threads/readers.ts';
import type { SessionHosts } from './session-hosts.ts';

/** Gives the command. It raises `session.not_found`, `agent.option_unknown` and `agent.option_refused`. */
export const createChooseOption =
  ({ hosts, readers }: { readonly hosts: SessionHosts; readonly readers: Pick<Readers, 'session'> }) =>
  async (id: SessionId, given: OptionChoice): Promise<void> => {
    const { options, conversation } = await readers.session(id);
    // An agent that has not told yet what it offers is asked when its conversation is opened.
    const isTold = options.length > 0 || conversation !== null;
    const isTakenBack = given.value === '';
    const choice = isTold && !isTakenBack ? inItsTerms(chosenOption(options, given.optionId, given.value)) : given;
    await hosts.record(id, fact('option_chosen', { ...choice }, toTimestamp(Date.now())));
    const host = hosts.get(id);
    // The next host reads it from the log.
    if (host !== undefined && host.ending() === null) await host.choose(choice);
  };

/** By the option's id, but the mode as `mode`, under which it is remembered with what the agent itself changes it to. */
const inItsTerms = ({ option, value }: ReturnType<typeof chosenOption>): OptionChoice => ({
  optionId: option.category === 'mode' ? 'mode' : option.id,
  value,
});

/** Sessions worth inspecting, and what a test asks of the inspector's page. */
import type { Locator, Page } from 'playwright-core';
import type { SessionId } from '../../../actors/protocol/facts/ids.ts';
import type { Step } from '../../../actors/protocol/gateway/inspection.ts';
import { until } from '../../support/until.ts';
import { ended } from '../../support/world.ts';
import type { WindowWorld } from '../browser/support/window.ts';

/** An agent that asks twice, and says something before, between and after. */
export const asksTwice = (world: WindowWorld): string =>
  world.script('asks-twice', {
    steps: [
      { do: 'think', text: 'What is asked for?', everyMs: 0 },
      { do: 'say', text: 'I will write a file.', everyMs: 0 },
      { do: 'edit', path: 'asked.txt', text: 'one\n', approval: true },
      { do: 'run', command: 'cat asked.txt', approval: true },
      { do: 'say', text: 'Done.', everyMs: 0 },
    ],
  });

export const pendingApproval = (world: WindowWorld, id: string): Promise<string> =>
  until('it asks', async () => (await world.runtime().session(id as SessionId)).approvals[0]?.approvalId);

/** Allows whatever a session asks for next. */
export const allow = async (world: WindowWorld, id: string): Promise<void> => {
  const approvalId = await pendingApproval(world, id);
  await world.runtime().client.call('decide', { parameters: { id, approvalId }, body: { decision: 'allow' } });
  await until('it is answered', async () => {
    const { approvals } = await world.runtime().session(id as SessionId);
    return approvals[0]?.approvalId !== approvalId;
  });
};

/** A session whose first run has ended after two approvals. */
export const workedSession = async (world: WindowWorld, name: string): Promise<string> => {
  const id = await world.start(name, asksTwice(world));
  await allow(world, id);
  await allow(world, id);
  await ended(world.runtime(), id);
  return id;
};

/** The steps of a run, as the runtime tells them. */
export const stepsOf = async (world: WindowWorld, id: string, run = 1): Promise<readonly Step[]> => {
  const { steps } = await world
    .runtime()
    .client.call('steps', { parameters: { id, run }, query: { after: 0, limit: 500 } });
  return steps as readonly Step[];
};

export const scrubber = (page: Page): Locator => page.getByRole('slider', { name: /^Event of run/u });

/** Waits until the inspector shows the step of an event. */
export const isAt = (page: Page, place: string): Promise<unknown> =>
  until(`the step ${place} is shown`, async () => {
    const shown = page.locator('.step[aria-busy="false"] [title="Run and place in it"]');
    return (await shown.count()) === 1 && (await shown.textContent()) === place;
  });

/** The innermost states that are lit. */
export const litStates = (page: Page): Promise<readonly string[]> =>
  page
    .locator('.statechart :is(.state-atomic, .state-final).state-active')
    .evaluateAll((elements) => elements.map((element) => element.getAttribute('data-state') ?? ''));

/** The transitions that are marked as taken. */
export const markedTransitions = (page: Page): Promise<readonly string[]> =>
  page
    .locator('.statechart :is(path.transition-taken, .line-taken)')
    .evaluateAll((elements) => elements.map((element) => element.getAttribute('data-transition') ?? ''));

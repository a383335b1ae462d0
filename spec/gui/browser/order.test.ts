import type { Page, WebSocketRoute } from 'playwright-core';
import * as assert from 'uvu/assert';
import { suite } from '../../support/suite.ts';
import { until } from '../../support/until.ts';
import { ended } from '../../support/world.ts';
import { closeWindows, createWindowWorld, rowsAre } from './support/window.ts';

const test = suite('the order of the list, and the first thing seen');
test.after(closeWindows);

const inWorld = async () => {
  const world = await createWindowWorld('order');
  // By default what is active comes first; by name it comes last.
  for (const name of ['b ended', 'a ended']) await ended(world.runtime(), await world.start(name, 'quick'));
  await world.start('z active', 'hang');
  return world;
};

test('every start has the default order; the one that was chosen is offered, and comes back with a click', async () => {
  const world = await inWorld();
  const { page } = await world.window();
  await rowsAre(page, 'z active', 'a ended', 'b ended');
  assert.is(await page.locator('.order-note').count(), 0, 'there is nothing to offer yet');

  await page.getByTitle('Change the order').click();
  await page.getByRole('menuitemradio', { name: 'Name' }).click();
  await rowsAre(page, 'a ended', 'b ended', 'z active');

  await page.reload();
  await rowsAre(page, 'z active', 'a ended', 'b ended');
  await page.getByText('Default order at every start.').waitFor();
  await page.getByRole('button', { name: 'Sort by name again' }).click();
  await rowsAre(page, 'a ended', 'b ended', 'z active');
  assert.is(await page.locator('.order-note').count(), 0);
});

test('before the first snapshot nothing flashes: no list, and no claim that there is none', async () => {
  const world = await inWorld();
  const gate = createGate();
  const { page } = await world.window({
    before: async (opened) => {
      await gate.holdBack(opened);
      await opened.addInitScript({ content: watchWhatIsDrawn });
    },
  });
  const seen = (): Promise<unknown> => page.evaluate(() => Reflect.get(window, 'seen'));
  await until('the snapshot is held back', () => gate.isHolding());
  assert.equal(await seen(), []);
  assert.ok(await page.getByRole('button', { name: 'New session' }).isVisible(), 'the frame of the window is there');

  gate.open();
  await rowsAre(page, 'z active', 'a ended', 'b ended');
  assert.equal(
    [...((await seen()) as string[])].sort(),
    ['.list-head', '.session-row'],
    'the rows came, and only they',
  );
});

test('a filter that nothing fits says so, and is cleared with a click', async () => {
  const world = await inWorld();
  const { page } = await world.window();
  await rowsAre(page, 'z active', 'a ended', 'b ended');
  await page.getByPlaceholder('Filter sessions').fill('nothing like this');
  await page.getByText('No session fits this filter').waitFor();
  await page.getByText('0 of 3 sessions').waitFor();
  await page.getByRole('button', { name: 'Clear the filter' }).click();
  await rowsAre(page, 'z active', 'a ended', 'b ended');
});

/** Remembers whatever was in the page at any moment, however short. As text: it runs in the page, before all else. */
const watchWhatIsDrawn = `
  window.seen = [];
  new MutationObserver(() => {
    for (const name of ['.first-start', '.empty-state', '.session-row', '.list-head']) {
      if (document.querySelector(name) !== null && !window.seen.includes(name)) window.seen.push(name);
    }
  }).observe(document, { childList: true, subtree: true });
`;

/** Holds back what the live dashboard sends, until it is opened. */
const createGate = () => {
  const held: { readonly socket: WebSocketRoute; readonly message: string | Buffer }[] = [];
  let isOpen = false;
  return {
    holdBack: (page: Page): Promise<void> =>
      page.routeWebSocket(/\/api\/dashboard\/live/u, (socket) => {
        const server = socket.connectToServer();
        server.onMessage((message) => {
          if (isOpen) socket.send(message);
          else held.push({ socket, message });
        });
      }),
    isHolding: (): boolean => held.length > 0,
    open: (): void => {
      isOpen = true;
      for (const { socket, message } of held) socket.send(message);
    },
  };
};

test.run();

import { suite } from '../../support/suite.ts';
import { until } from '../../support/until.ts';
import { ended } from '../../support/world.ts';
import { hasWebKit, openWebKit } from './support/webkit.ts';
import { closeWindows, createWindowWorld } from './support/window.ts';

const test = suite('the window in WebKit, its own engine');
test.after(closeWindows);

test('a ticket opens the dashboard, a session opens from it, and what is new arrives by itself', async () => {
  if (!hasWebKit()) {
    console.log('not tried: webkit2gtk-driver and xvfb are not installed');
    return;
  }
  const world = await createWindowWorld('webkit');
  const id = await world.start('first', 'quick');
  await ended(world.runtime(), id);
  const page = await openWebKit();
  try {
    await page.goTo(await world.ticket());
    const text = (): Promise<string> => page.evaluate('return document.body.innerText').then(String);
    await until('the dashboard shows the session', async () => /first[\s\S]*Completed/.test(await text()));
    await world.start('second', 'hang');
    await until('the new session is shown', async () => /second[\s\S]*Running/.test(await text()));
    await page.evaluate(`location.hash = '#/session/${id}'`);
    await until('the session is open', () => page.evaluate("return document.querySelector('textarea') !== null"));
    await until('its timeline is shown', async () => /Run 1[\s\S]*Completed/.test(await text()));

    const host = await page.evaluate('return location.host');
    await world.runtime().kill();
    await until('it is missed', async () => /Runtime gone/.test(await text()));
    await world.startAgain();
    const hasMoved = async () => (await page.evaluate('return location.host').catch(() => host)) !== host;
    await until('the page has moved to the next runtime', hasMoved);
    await until('its timeline is shown again', async () => /Run 1[\s\S]*Completed/.test(await text()));
  } finally {
    await page.close();
  }
});

test.run();

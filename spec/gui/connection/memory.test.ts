import * as assert from 'uvu/assert';
import type { RememberedName } from '../../../actors/protocol/gateway/window.ts';
import { createCall } from '../../../gui/connection/api.ts';
import { createDoubt } from '../../../gui/connection/doubt.ts';
import { openMemory } from '../../../gui/connection/memory.ts';
import { openWorld, token } from '../../runtime/gateway/world.ts';
import { suite } from '../../support/suite.ts';
import { until } from '../../support/until.ts';

const test = suite('what a window remembers', { timeLimitMs: 30_000 });

test('what the runtime refuses to remember keeps nothing else from being remembered', async () => {
  const world = await openWorld({ limits: { bodyBytes: 1_000 } });
  const browsersFetch = globalThis.fetch;
  let isAway = false;
  const sent: string[] = [];
  // A page's requests go to where it came from, with its cookie.
  globalThis.fetch = (path, request) => {
    if (isAway) return Promise.reject(new TypeError('the runtime does not answer'));
    if (request?.method === 'PUT') sent.push(String(path));
    return browsersFetch(new URL(String(path), world.url), {
      ...request,
      headers: { ...Object(request?.headers), authorization: `Bearer ${token}` },
    });
  };
  try {
    const { remember, save, unsavedJson } = await openMemory(createCall(createDoubt()));
    const known = () => world.runtime.windowMemory.recall();
    const draft: RememberedName = 'draft.01890a5d-ac96-774b-bcce-000000000001';
    remember(draft, 'x'.repeat(2_000));
    remember('a name of another version' as RememberedName, 'x');
    remember('theme', 'dark');
    await until('what comes after it is kept', () => known().theme === 'dark');
    assert.equal(Object.keys(known()), ['theme']);
    await until('nothing is left to be sent', () => unsavedJson() === '{}');
    assert.is(sent.length, 3, 'what was refused is not asked for again');
    remember(draft, 'shorter');
    await until('and is kept when it fits', () => known()[draft] === 'shorter' && unsavedJson() === '{}');

    isAway = true;
    remember('theme', 'light');
    await save();
    assert.equal(JSON.parse(unsavedJson()), { theme: 'light' }, 'while nobody answers, it waits');
    isAway = false;
    await until('it is sent', async () => {
      await save();
      return known().theme === 'light';
    });
  } finally {
    globalThis.fetch = browsersFetch;
    await world.close();
  }
});

test.run();

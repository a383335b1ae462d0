import type { Locator, Page } from 'playwright-core';
import * as assert from 'uvu/assert';
import { approvalId } from '../../runtime/gateway/world.ts';
import { suite } from '../../support/suite.ts';
import { until } from '../../support/until.ts';
import { assertAccessible } from './support/axe.ts';
import { png } from './support/pictures.ts';
import { openToldWindow, type Told, type ToldWindow, waiting } from './support/told-window.ts';
import { closeWindows } from './support/window.ts';

const test = suite('what agents ask, show and offer');
const windows = new Set<ToldWindow>();
test.after(async () => {
  for (const each of windows) await each.close();
  await closeWindows();
});

const open = async (told: Told): Promise<ToldWindow> => {
  const opened = await openToldWindow(told);
  windows.add(opened);
  return opened;
};

/** The window at a session that waits for an answer. */
const openAsked = (asked: Parameters<typeof waiting>[0]): Promise<ToldWindow> => {
  const { row, approval } = waiting(asked);
  return open({
    row,
    detail: { approvals: [approval] },
    facts: [
      ['status', { status: 'running' }],
      ['prompt', { text: 'Do it.', origin: 'prompt' }],
      ['approval_requested', approval],
    ],
  });
};

const request = (page: Page | Locator): Locator => page.getByRole('group', { name: /^(?:Approval|Question)/u });

/** What was decided, once something was. */
const decided = ({ world }: ToldWindow): Promise<unknown> =>
  until('something was decided', () => world.runtime.calls.find(([name]) => name === 'decide')?.[3]);

const once = [
  { optionId: 'yes', name: 'Yes', kind: 'allow_once' },
  { optionId: 'always', name: 'Yes, and auto-accept edits', kind: 'allow_always' },
  { optionId: 'no', name: 'No', kind: 'reject_once' },
];

test('[law 18] a patch that an agent sends as text is an edit, with its path in the worktree, and the rest of the input beside it', async () => {
  const diff =
    'Index: /home/ada/greetings/src/greet.ts\n===================================================================\n--- /home/ada/greetings/src/greet.ts\n+++ /home/ada/greetings/src/greet.ts\n@@ -1,2 +1,2 @@\n const name = "Ada";\n-greet(name);\n+greetAll([name]);\n';
  const opened = await openAsked({
    title: 'edit',
    kind: 'edit',
    input: { diff, filepath: 'src/greet.ts' },
    options: once,
  });
  const asked = request(opened.page);
  await asked.getByText('Wants to edit').waitFor();
  assert.equal(await asked.locator('.item-diff .path').allTextContents(), ['src/greet.ts']);
  assert.equal(await asked.locator('.diff-removed .diff-text').allTextContents(), ['removed: greet(name);']);
  assert.equal(await asked.locator('.diff-added .diff-text').allTextContents(), ['added: greetAll([name]);']);
  await asked.getByText('filepath: src/greet.ts').waitFor();
  await assertAccessible(opened.page, 'an edit as a patch');
});

test('[law 18] a command is there as what runs, whatever the title says of it', async () => {
  const opened = await openAsked({
    title: 'Tidy up',
    kind: 'execute',
    input: { command: 'rm -rf build', description: 'Tidies up', cwd: '/home/ada/greetings' },
    options: once,
  });
  const asked = request(opened.page);
  await asked.getByText('Wants to run a command').waitFor();
  assert.is(await asked.getByRole('group', { name: 'The command' }).textContent(), 'rm -rf build');
  await asked.getByText('description: Tidies up').waitFor();
});

test('[law 18] an answer that holds for always is marked and never the usual one', async () => {
  const opened = await openAsked({ title: 'make', kind: 'execute', input: { command: 'make' }, options: once });
  const asked = request(opened.page);
  const always = asked.getByRole('button', { name: /auto-accept edits/u });
  assert.match((await always.textContent()) ?? '', 'always');
  assert.equal(await asked.locator('.button-primary').allTextContents(), ['Yes']);
  await always.click();
  assert.equal(await decided(opened), { decision: 'allow', optionId: 'always' });
});

test('[law 18] of a request that says nothing this is said, and to allow it is not the usual answer', async () => {
  const opened = await openAsked({ title: 'call', toolCallId: 'call', input: {}, options: once });
  const asked = request(opened.page);
  await asked.getByText('The agent did not say what it wants to do').waitFor();
  assert.equal(await asked.locator('.button-primary').allTextContents(), ['No']);
});

test('options without a kind are answers in the agent’s words, and none of them is the usual one', async () => {
  const options = [
    { optionId: 'a', name: 'Go on', kind: '' },
    { optionId: 'b', name: 'No, wait', kind: '' },
  ];
  const opened = await openAsked({ title: 'Deploy', kind: 'execute', input: { command: 'deploy' }, options });
  const asked = request(opened.page);
  await asked.getByRole('button', { name: 'No, wait' }).waitFor();
  assert.is(await asked.locator('.button-primary').count(), 0);
  await asked.getByRole('button', { name: 'No, wait' }).click();
  assert.equal(await decided(opened), { decision: 'deny', optionId: 'b' });
});

test('a plan is read as Markdown, and as it was written', async () => {
  const text = { text: '# The plan\n\n1. **Read**\n2. Write\n\n[hidden]: http://away.invalid' };
  const opened = await openAsked({ title: 'Ready to code?', kind: 'switch_mode', text, options: once });
  const asked = request(opened.page);
  await asked.getByText('Has a plan for you to accept').waitFor();
  assert.is(await asked.locator('strong', { hasText: 'Read' }).count(), 1);
  await asked.getByRole('button', { name: 'As it was written' }).click();
  assert.match((await asked.locator('.plain-text').textContent()) ?? '', '[hidden]: http://away.invalid');
});

test('[law 18] a question shows its words, and its options are the answers', async () => {
  const opened = await openAsked({
    title: 'How should deep clones be made?',
    text: { text: 'lodash is gone.' },
    question: {},
    options: [
      { optionId: '0', name: 'structuredClone', kind: 'allow_once' },
      { optionId: '1', name: 'A helper of ours', kind: 'allow_once' },
    ],
  });
  const asked = request(opened.page);
  await asked.getByText('Asks you').waitFor();
  await asked.getByText('How should deep clones be made?').waitFor();
  await asked.getByText('lodash is gone.').waitFor();
  assert.is(await asked.locator('.button-primary').count(), 0);
  await asked.getByRole('button', { name: 'A helper of ours' }).click();
  assert.equal(await decided(opened), { decision: 'allow', optionId: '1' });
});

const form = {
  type: 'object',
  title: 'The database',
  properties: {
    name: { type: 'string', title: 'Name', minLength: 2 },
    kind: {
      type: 'string',
      title: 'Kind',
      oneOf: [
        { const: 'pg', title: 'PostgreSQL' },
        { const: 'lite', title: 'SQLite' },
      ],
    },
    port: { type: 'integer', title: 'Port', minimum: 1, maximum: 65535, default: 5432 },
    tls: { type: 'boolean', title: 'With TLS' },
    users: { type: 'array', title: 'Users', items: { enum: ['ada', 'grace', 'linus'] }, minItems: 1 },
    note: { type: 'string', title: 'Note' },
  },
  required: ['name', 'kind', 'users'],
};

test('a form is filled in with the keyboard alone, says what is wrong beside each field, and is sent as it was filled in', async () => {
  const opened = await openAsked({ title: 'Which database?', question: { form }, options: [] });
  const { page } = opened;
  const asked = request(page);
  const fields = asked.getByRole('form', { name: 'The database' });
  await fields.getByLabel('Name').focus();
  await page.keyboard.press('Control+Enter');
  await fields.getByText('This is needed.').first().waitFor();
  assert.is(await fields.getByLabel('Name').getAttribute('aria-invalid'), 'true');
  assert.is(await page.evaluate(() => document.activeElement?.getAttribute('aria-invalid')), 'true');
  assert.is(
    opened.world.runtime.calls.some(([name]) => name === 'decide'),
    false,
  );
  await assertAccessible(page, 'a form with problems');
  await page.keyboard.type('x');
  await fields.getByRole('radio', { name: 'SQLite' }).press('Space');
  await fields.getByLabel('Port').fill('70000');
  await fields.getByRole('checkbox', { name: 'grace' }).press('Space');
  await page.keyboard.press('Control+Enter');
  await fields.getByText('This has at least 2 characters.').waitFor();
  await fields.getByText('This is at most 65535.').waitFor();
  await fields.getByLabel('Name').fill('orders');
  await fields.getByLabel('Port').fill('5433');
  await fields.getByLabel('Port').press('Enter');
  assert.equal(await decided(opened), {
    decision: 'allow',
    answers: { name: 'orders', kind: 'lite', port: 5433, tls: false, users: ['grace'] },
  });
});

test('a question can be declined, or left without an answer', async () => {
  for (const [name, decision] of [
    ['Decline', 'deny'],
    ['Cancel', 'cancel'],
  ] as const) {
    const opened = await openAsked({ title: 'Which database?', question: { form }, options: [] });
    await request(opened.page).getByRole('button', { name }).click();
    assert.equal(await decided(opened), { decision });
  }
});

test('a page to be opened is shown whole with whose it is, fetched by nobody, and opened by a person’s click', async () => {
  const url = 'https://login.example@away.invalid/authorize?next=https://login.example';
  const opened = await openAsked({ title: 'Please log in', question: { url }, options: [] });
  const asked = request(opened.page);
  assert.is(await asked.locator('.page-address').textContent(), url);
  assert.is(await asked.locator('.page-address strong').textContent(), 'away.invalid');
  assert.is(
    opened.requests.some((each) => each.includes('away.invalid')),
    false,
  );
  const link = asked.getByRole('link', { name: 'Open away.invalid' });
  assert.is(await link.getAttribute('rel'), 'noopener noreferrer');
  const [popup] = await Promise.all([opened.page.waitForEvent('popup'), link.click()]);
  await popup.close();
  assert.equal(await decided(opened), { decision: 'allow' });
});

test('what was asked stays to be read after a no', async () => {
  const { approval } = waiting({ title: 'make', kind: 'execute', input: { command: 'make all' }, options: once });
  const { page } = await open({
    facts: [
      ['status', { status: 'running' }],
      ['approval_requested', approval],
      ['approval_resolved', { approvalId, outcome: 'denied', optionId: 'no', by: 'person' }],
    ],
  });
  await page.getByRole('button', { name: /Denied by you: make/u }).click();
  assert.is(await page.getByRole('group', { name: 'The command' }).textContent(), 'make all');
});

test('what an agent shows is shown: pictures as such and large when pressed, the rest with its name and size', async () => {
  const image = { type: 'image', mimeType: 'image/png', bytes: 900, sha256: 'x', data: png(640, 360) };
  const { page, problems } = await open({
    row: { status: 'Completed', activity: null, activeRunId: null, stopReason: 'max_tokens' },
    facts: [
      ['status', { status: 'running' }],
      ['prompt', { text: 'Look.', origin: 'prompt', parts: [image] }],
      ['message', { text: 'Here it is:' }],
      [
        'message',
        { text: '', parts: [image, { type: 'audio', mimeType: 'audio/wav', bytes: 2_000_000, sha256: 'x' }] },
      ],
      ['message', { text: '', parts: [{ type: 'link', uri: 'https://example.org/a?b', name: 'The page' }] }],
      ['message', { text: '', parts: [{ type: 'resource', uri: 'file:///a.txt', text: { text: 'what is in it' } }] }],
      ['message', { text: 'Said twice', repeated: true }],
      [
        'tool_call',
        {
          toolCallId: 't',
          title: 'npm test',
          name: 'bash',
          kind: 'execute',
          locations: [{ path: '/home/ada/greetings/a.ts', line: 7 }],
        },
      ],
      ['tool_result', { toolCallId: 't', status: 'failed', output: { text: 'no' }, exit: { code: 3, signal: null } }],
      ['tool_call', { toolCallId: 'u', title: 'Look up', subagent: 'researcher' }],
      ['tool_result', { toolCallId: 'u', status: 'completed', rawOutput: { found: 'only here' } }],
      ['retry', { attempt: 1, of: 5, message: 'reconnecting' }],
      ['retry', { attempt: 2, of: 5, message: 'reconnecting' }],
      ['recap', { text: { text: 'what was said before' }, reason: 'lost' }],
      ['status', { status: 'completed', stopReason: 'max_tokens' }],
    ],
  });
  const timeline = page.getByRole('region', { name: 'Timeline' });
  await timeline.getByText('The agent tries again (2 of 5): reconnecting').waitFor();
  assert.is(await timeline.getByText('(1 of 5)').count(), 0);
  await timeline.getByText('cut short: the model’s token limit').waitFor();
  await timeline.getByText('exit code 3').waitFor();
  await timeline.getByText('a.ts:7').waitFor();
  await timeline.getByText('Audio, audio/wav, 2.0 MB').waitFor();
  await timeline.getByRole('link', { name: 'https://example.org/a?b' }).waitFor();
  await timeline.getByText('what is in it').waitFor();
  await timeline.getByText('researcher').waitFor();
  await timeline.getByRole('button', { name: /Look up/u }).click();
  await timeline.getByText('found: only here').waitFor();
  assert.is(await timeline.getByText('what was said before').isVisible(), false);
  await timeline.getByText('Read it').click();
  await timeline.getByText('what was said before').waitFor();
  await timeline.getByRole('button', { name: /Image from the agent, 640 × 360/u }).click();
  await page.getByRole('dialog').getByRole('img').waitFor();
  await page.keyboard.press('Escape');
  await assertAccessible(page, 'a timeline with parts');
  assert.match((await page.locator('.session-ending').textContent()) ?? '', 'cut short: the model’s token limit');
  assert.equal(problems, []);
});

const completed = { status: 'Completed', activity: null, activeRunId: null } as const;

test('the composer completes commands and paths, and sends what was taken and attached', async () => {
  const opened = await open({
    row: completed,
    detail: {
      commands: [
        { name: 'explain', description: 'Explains a change' },
        { name: 'review', description: 'Looks over the changes', hint: 'path' },
        { name: 'release', description: 'What is new' },
      ],
    },
    facts: [['status', { status: 'completed' }]],
  });
  const { page, answered } = opened;
  await opened.answer('**/api/sessions/*/files?*', { files: ['src/greet.ts', 'src/greetings.ts'] });
  await opened.answer('**/api/sessions/*/prompt', { id: opened.world.runtime.calls.length, runId: 'r', run: 2 });
  const field = page.getByRole('textbox', { name: 'Next prompt' });
  await field.fill('/re');
  const options = page.getByRole('option');
  await options.first().waitFor();
  assert.equal(await options.locator('.mono').allTextContents(), ['/review', '/release']);
  assert.is(await field.getAttribute('aria-activedescendant'), await options.first().getAttribute('id'));
  await assertAccessible(page, 'the composer, completing');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('Enter');
  assert.is(await field.inputValue(), '/review ');
  await page.keyboard.type('and @gre');
  await options.first().waitFor();
  await page.keyboard.press('Escape');
  assert.is(await options.count(), 0);
  await page.keyboard.type('e');
  await options.first().waitFor();
  await page.keyboard.press('Tab');
  assert.is(await field.inputValue(), '/review and @src/greet.ts ');
  const data = png(60, 40);
  const [chooser] = await Promise.all([
    page.waitForEvent('filechooser'),
    page.getByRole('button', { name: 'Attach images' }).click(),
  ]);
  const vector = { name: 'a.svg', mimeType: 'image/png', buffer: Buffer.from('<svg onload="window.owned = 1"/>') };
  await chooser.setFiles([{ name: 'shot.png', mimeType: 'image/png', buffer: Buffer.from(data, 'base64') }, vector]);
  await page.getByText('60 × 40').waitFor();
  await page.getByText('a.svg is no PNG, JPEG, GIF or WebP').waitFor();
  await field.press('Enter');
  const sent = await until('it was sent', () => answered.find(({ path }) => path.endsWith('/prompt')));
  assert.equal(sent.body, {
    prompt: '/review and @src/greet.ts',
    parts: [
      { type: 'image', mimeType: 'image/png', data },
      { type: 'file', path: 'src/greet.ts' },
    ],
  });
  await until('nothing is attached any more', async () => (await page.locator('.attached-image').count()) === 0);
});

test('the agent’s options are chosen in the header, in their groups; what was left running is ended there', async () => {
  const opened = await open({
    row: {
      ...completed,
      status: 'Interrupted',
      leftRunning: 2,
      asks: false,
      agentTitle: 'Greetings',
      conversation: 'begun_anew',
    },
    detail: {
      options: [
        { id: 'web', name: 'Web search', value: true },
        {
          id: 'model',
          name: 'Model',
          category: 'model',
          value: 'small',
          choices: [
            { value: 'small', name: 'Small', group: 'Fast' },
            { value: 'large', name: 'Large', group: 'Slow' },
          ],
        },
      ],
    },
    facts: [['status', { status: 'interrupted' }]],
  });
  const { page, answered } = opened;
  await opened.answer('**/api/sessions/*/options', { ok: true });
  await opened.answer('**/api/sessions/*/end-left-running', { processes: 2 });
  const options = page.getByRole('group', { name: 'The agent’s options' });
  await options.waitFor();
  assert.equal(
    await options.locator('optgroup').evaluateAll((groups) => groups.map((group) => group.getAttribute('label'))),
    ['Fast', 'Slow'],
  );
  await options.getByLabel('Model').selectOption('large');
  await until('it was chosen', () =>
    answered.some(({ body }) => JSON.stringify(body) === '{"optionId":"model","value":"large"}'),
  );
  await options.getByLabel('Web search').click();
  await until('it was switched', () =>
    answered.some(({ body }) => JSON.stringify(body) === '{"optionId":"web","value":false}'),
  );
  await page.getByText('2 processes left running').first().waitFor();
  await page.getByRole('button', { name: 'End them' }).click();
  await until('they were ended', () => answered.some(({ path }) => path.endsWith('/end-left-running')));
  const header = page.locator('.session-header');
  for (const words of ['asks nothing', 'in a new conversation', '“Greetings”']) await header.getByText(words).waitFor();
  await assertAccessible(page, 'a header with options');
});

test('a row says why it is no plain success, and how to log in', async () => {
  const { page } = await openToldWindow(
    { row: { ...completed, status: 'Failed', failureKind: 'authentication', failureReason: 'no key' } },
    { at: '/' },
  ).then((opened) => {
    windows.add(opened);
    return opened;
  });
  await page.getByText('not logged in · throughline login claude').waitFor();
});

test('a new session is begun with what was chosen of its agent, and with pictures; an agent that asks nothing says so', async () => {
  const opened = await openToldWindow({ row: completed }, { at: '/' });
  windows.add(opened);
  const { page, world } = opened;
  const agent = { title: 'Pi', command: ['pi'], path: '/bin/pi', installed: true, install: null, source: 'preset' };
  await opened.answer('**/api/agents', { agents: [{ ...agent, name: 'pi', asks: false }] });
  const choices = [
    { value: 'small', name: 'Small' },
    { value: 'large', name: 'Large' },
  ];
  const options = [{ id: 'model', name: 'Model', category: 'model', value: 'small', choices }];
  await opened.answer('**/api/agents/pi/options', { options, choices: { model: 'large' } });
  await page.keyboard.press('n');
  const dialog = page.getByRole('dialog', { name: 'New session' });
  await dialog.getByText('asks nothing').waitFor();
  const model = dialog.getByLabel('Model');
  assert.is(await model.inputValue(), 'large');
  await model.selectOption('small');
  await dialog.getByLabel('Prompt').fill('Do it.');
  await dialog.getByLabel('Repository').fill('/repository');
  const data = png(40, 40);
  const [chooser] = await Promise.all([
    page.waitForEvent('filechooser'),
    dialog.getByRole('button', { name: 'Attach images' }).click(),
  ]);
  await chooser.setFiles([{ name: 'shot.png', mimeType: 'image/png', buffer: Buffer.from(data, 'base64') }]);
  await dialog.getByText('40 × 40').waitFor();
  await assertAccessible(page, 'a new session with options and a picture');
  await page.keyboard.press('Control+Enter');
  const [, sent] = await until('it was begun', () => world.runtime.calls.find(([name]) => name === 'startSession'));
  const { choices: chosen, parts } = sent as { readonly choices: unknown; readonly parts: unknown };
  assert.equal([chosen, parts], [{ model: 'small' }, [{ type: 'image', mimeType: 'image/png', data }]]);
});

test.run();

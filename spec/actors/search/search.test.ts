import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { fact, type RunFact } from '../../../actors/protocol/facts/events.ts';
import { type SearchPage, type SearchQuery, searchQuery } from '../../../actors/protocol/gateway/window.ts';
import { openSearch, type SearchActor } from '../../../actors/search/search-actor.ts';
import { searchableText } from '../../../actors/search/searchable-text.ts';
import { Sqlite } from '../../../actors/store/file/sqlite.ts';
import { at, type LogWorld, message, openLogWorld, prompt, status } from '../../support/log-world.ts';
import { suite } from '../../support/suite.ts';
import { temporaryFolder } from '../../support/temporary.ts';

const test = suite('search');

type World = LogWorld & {
  readonly search: SearchActor;
  readonly indexPath: string;
  readonly rebuilt: string[];
  readonly catchUp: () => void;
  readonly find: (text: string, more?: Partial<SearchQuery>) => SearchPage;
  readonly remove: (sessionId: string) => void;
};

const openWorld = (path?: string, indexPath = join(temporaryFolder('search'), 'search.db')): World => {
  const log = openLogWorld(path === undefined ? {} : { path });
  const rebuilt: string[] = [];
  const search = openSearch({ databasePath: log.path, indexPath }, (why) => rebuilt.push(why));
  const catchUp = (): void => {
    while (search.step());
  };
  return {
    ...log,
    search,
    indexPath,
    rebuilt,
    catchUp,
    find: (text, more = {}) => {
      catchUp();
      return search.query(searchQuery.parse({ text, ...more }));
    },
    remove: (sessionId) => {
      log.commit([{ kind: 'remove_session', requestId: 1, sessionId: sessionId as never, occurredAt: at(9) }]);
    },
    close: () => {
      search.close();
      log.close();
    },
  };
};

const marked = (page: SearchPage): readonly string[] =>
  page.hits.map(({ excerpt, matches }) => {
    let text = '';
    let last = 0;
    for (const [start, end] of matches) {
      text += `${excerpt.slice(last, start)}[${excerpt.slice(start, end)}]`;
      last = end;
    }
    return text + excerpt.slice(last);
  });

const piece = (text: string, messageId?: string): RunFact =>
  fact('message', messageId === undefined ? { text } : { text, messageId }, at(3));

test('what was said, asked and done is found, the newest first, with its place and the words marked', () => {
  const world = openWorld();
  const { sessionId, runKey } = world.openSession('login', [prompt('Fix the login test')]);
  world.append(
    runKey,
    fact('thinking', { text: 'Perhaps the cookie is late.' }, at(3)),
    fact(
      'tool_call',
      { toolCallId: 't', title: 'Run tests', input: { command: ['npm', 'run', 'login-suite'] } },
      at(4),
    ),
    fact('tool_result', { toolCallId: 't', status: 'failed', output: { text: 'AssertionError: login page' } }, at(5)),
    fact('error', { code: 'agent.exited', message: 'the agent forgot its login' }, at(6)),
  );
  const page = world.find('login');
  assert.equal(marked(page), [
    'the agent forgot its [login]',
    'AssertionError: [login] page',
    'Run tests npm run [login]-suite',
    'Fix the [login] test',
  ]);
  assert.equal(
    page.hits.map(({ run, seq, type }) => `${run}:${seq} ${type}`),
    ['1:5 error', '1:4 tool_result', '1:3 tool_call', '1:1 prompt'],
  );
  assert.equal(page.hits[0]?.sessionId, sessionId);
  assert.equal(page.hits[0]?.sessionName, 'login');
  assert.equal(page.indexedUpTo, world.log.position());
  assert.equal(marked(world.find('cook')), ['Perhaps the [cookie] is late.']);
  assert.equal(world.find('"cook"').hits, []);
  assert.equal(marked(world.find('"login page"')), ['AssertionError: [login page]']);
  world.close();
});

test('what a tool only gave back in its own form, and what it showed, is found', () => {
  const result = {
    toolCallId: 't',
    status: 'completed' as const,
    rawOutput: { stdout: 'haystack needle' },
    parts: [
      { type: 'link' as const, uri: 'file:///chart.html', name: 'Turnover' },
      { type: 'resource' as const, uri: 'file:///x', text: { text: 'embedded words' } },
    ],
  };
  const text = searchableText(fact('tool_result', result, at(1)));
  for (const word of ['needle', 'Turnover', 'embedded words']) assert.ok(text?.includes(word), word);
});

test('a word that streamed in pieces is found, however the index came to them', () => {
  for (const stepwise of [false, true]) {
    const world = openWorld();
    const { runKey } = world.openSession();
    for (const text of ['The thr', 'ough', 'line is ', 'found']) {
      world.append(runKey, piece(text));
      if (stepwise) world.catchUp();
    }
    const [hit, ...others] = world.find('throughline found').hits;
    assert.equal(others, []);
    assert.equal([hit?.run, hit?.seq], [1, 2]);
    assert.equal(world.find('ough').hits, [], 'a piece is no word of its own');
    world.append(runKey, piece(' elsewhere', 'another message'));
    assert.equal(world.find('elsewhere').hits[0]?.seq, 6);
    world.close();
  }
});

test('an index that is cut off in the middle of the log loses no message that was still growing', () => {
  const world = openWorld();
  const { runKey } = world.openSession();
  for (let index = 0; index < 450; index += 1) world.append(runKey, piece(`wo${index === 449 ? 'mbat' : ''}`));
  world.search.step();
  world.search.close();
  const again = openSearch({ databasePath: world.path, indexPath: world.indexPath });
  while (again.step());
  const { hits } = again.query(searchQuery.parse({ text: 'wowo' }));
  assert.is(hits.length, 1);
  assert.is(hits[0]?.seq, 2);
  again.close();
  world.database.close();
});

test('pages follow one another without gap or double, and filters keep what they say', () => {
  const world = openWorld();
  const first = world.openSession('first');
  const second = world.openSession('second');
  for (let index = 0; index < 25; index += 1) {
    world.append(first.runKey, fact('error', { code: 'x', message: `needle ${index}` }, at(100 + index)));
    world.append(second.runKey, message(`needle ${index}`), status('running'));
  }
  const seen: number[] = [];
  let before: string | undefined;
  do {
    const page: SearchPage = world.find('needle', { limit: 7, ...(before === undefined ? {} : { before }) });
    seen.push(...page.hits.map(({ position }) => position));
    before = page.next ?? undefined;
  } while (before !== undefined);
  assert.equal(seen.length, 50);
  assert.equal(
    seen,
    [...new Set(seen)].sort((left, right) => right - left),
  );
  assert.is(world.find('needle', { session: first.sessionId, limit: 100 }).hits.length, 25);
  assert.is(world.find('needle', { type: 'error', limit: 100 }).hits.length, 25);
  assert.is(world.find('needle', { type: 'error,message', limit: 100 }).hits.length, 50);
  assert.is(world.find('needle', { from: 110, to: 119 }).hits.length, 10);
  assert.is(world.find('needle', { agent: 'rehearsal', limit: 100 }).hits.length, 50);
  assert.equal(world.find('needle', { agent: 'another' }).hits, []);
  world.close();
});

test('a removed session is not found at once, and its text is not in the file when the index has come to it', () => {
  const world = openWorld();
  const kept = world.openSession('kept', [prompt('xylophone in the kept one')]);
  const removed = world.openSession('removed', [prompt('xylophone and zyzzyva')]);
  world.catchUp();
  assert.is(world.find('xylophone').hits.length, 2);
  world.remove(removed.sessionId);
  assert.is(
    world.search.query(searchQuery.parse({ text: 'xylophone' })).hits.length,
    1,
    'before the index comes to it',
  );
  assert.equal(
    world.find('xylophone').hits.map((hit) => hit.sessionId),
    [kept.sessionId],
  );
  assert.equal(world.find('zyzzyva').hits, []);
  world.search.close();
  // The words of an index stand in its file as they are.
  assert.ok(fileHolds(world.indexPath, 'xylophone'));
  assert.not.ok(fileHolds(world.indexPath, 'zyzzyva'));
  world.database.close();
});

test('an index that is damaged, missing, of an older form or of another log is made anew', () => {
  const spoil: readonly ((path: string) => void)[] = [
    (path) => rmSync(path),
    (path) => writeFileSync(path, 'not a database, but long enough to be looked at as one '.repeat(200)),
    (path) => writeFileSync(path, Buffer.alloc(statSync(path).size, 7)),
    (path) => new Sqlite(path).exec('DROP TABLE entries').close(),
    (path) => new Sqlite(path).exec('DROP TABLE progress').close(),
    (path) => new Sqlite(path).exec('DELETE FROM progress').close(),
    (path) => {
      rmSync(path);
      // Another log: the index goes on where that one ended.
      const other = openWorld(undefined, path);
      other.openSession('b', [prompt('walnut')]);
      assert.is(other.find('walnut').hits.length, 1);
      other.close();
    },
  ];
  for (const [index, damage] of spoil.entries()) {
    const world = openWorld();
    world.openSession('a', [prompt('hazelnut')]);
    assert.is(world.find('hazelnut').hits.length, 1);
    world.search.close();
    damage(world.indexPath);
    const again = openSearch({ databasePath: world.path, indexPath: world.indexPath });
    while (again.step());
    assert.is(again.query(searchQuery.parse({ text: 'hazelnut' })).hits.length, 1, `damage ${index}`);
    assert.is(again.query(searchQuery.parse({ text: 'walnut' })).hits.length, 0);
    again.close();
    world.database.close();
  }
});

test('a query that fails costs that query: the index stays as it is', () => {
  const world = openWorld();
  world.openSession('a', [prompt('hazelnut')]);
  assert.is(world.find('hazelnut').hits.length, 1);
  const file = statSync(world.indexPath).ino;
  world.database.exec('ALTER TABLE sessions RENAME COLUMN agent TO agency');
  assert.throws(() => world.search.query(searchQuery.parse({ text: 'hazelnut' })), /no such column/);
  world.database.exec('ALTER TABLE sessions RENAME COLUMN agency TO agent');
  assert.is(world.find('hazelnut').hits.length, 1);
  assert.equal(world.rebuilt, []);
  assert.is(statSync(world.indexPath).ino, file);
  world.close();
});

test('the index goes on where it ended, and its file is for its owner alone', () => {
  const world = openWorld();
  const { runKey } = world.openSession('a', [prompt('one')]);
  world.catchUp();
  world.search.close();
  world.append(runKey, message('two'));
  const rebuilt: string[] = [];
  const again = openSearch({ databasePath: world.path, indexPath: world.indexPath }, (why) => rebuilt.push(why));
  while (again.step());
  assert.is(again.query(searchQuery.parse({ text: 'one' })).hits.length, 1);
  assert.is(again.query(searchQuery.parse({ text: 'two' })).hits.length, 1);
  assert.equal(rebuilt, []);
  for (const path of [world.indexPath, `${world.indexPath}-wal`]) {
    if (existsSync(path)) assert.is(statSync(path).mode & 0o777, 0o600);
  }
  again.close();
  world.database.close();
});

test('whatever is typed is words, never syntax', () => {
  const world = openWorld();
  const { runKey } = world.openSession('a', [prompt('a plain sentence NEAR the end')]);
  world.append(runKey, message("l'été à Zürich, über 東京 and naïve"));
  const hostile = [
    '"',
    '""',
    '"""',
    '*',
    '**',
    '-',
    '^a',
    'a*',
    'text:plain',
    'NEAR(a b)',
    'a AND',
    'OR',
    'NOT',
    '(',
    ')',
    '{',
    '+',
    '\\',
    "'; DROP TABLE entries; --",
    'a\0b',
    '\u0001\u0002',
    '😀',
    '%',
    '_',
    ':',
    'rowid:1',
    '- -',
    '"unclosed phrase',
    '\ud800',
    'x'.repeat(500),
    'a '.repeat(200),
  ];
  for (const text of hostile) {
    const page = world.find(text.trim() === '' ? 'x' : text.slice(0, 500));
    assert.ok(Array.isArray(page.hits), text);
  }
  assert.is(world.find('near').hits.length, 1);
  assert.is(world.find('ZURICH').hits.length, 1, 'neither case nor accents matter');
  assert.is(world.find('ete').hits.length, 1);
  assert.is(world.find('東').hits.length, 0);
  assert.is(world.find('東京').hits.length, 1);
  assert.equal(world.rebuilt, []);
  world.close();
});

const fileHolds = (path: string, text: string): boolean => {
  const bytes = readFileSync(path);
  return bytes.includes(text) || bytes.includes(text.slice(3));
};

test.run();

import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { redactedTail, redactSecrets } from '../../../../actors/protocol/facts/redact.ts';
import { suite } from '../../../support/suite.ts';

const test = suite('redact');

test('what is no secret stays as it is', () => {
  const plain = [
    'the task-list of desk-research-and-everything is done',
    'Unexpected token: identifier at src/token.ts:12',
    'fetch http://127.0.0.1:4711/api/health and mail me@example.org',
    'commit 3f2a9c0d1b4e5f60718293a4b5c6d7e8f9012345',
    'skeleton_key, eyJ is how a token begins, AKIA is not one',
    '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----',
  ];
  for (const text of plain) assert.is(redactSecrets(text), text);
});

test('what stands around a secret stays readable', () => {
  const key = `sk-${'a1B2'.repeat(6)}`;
  assert.is(redactSecrets(`{"key":"${key}","next":1}`), '{"key":"[redacted]","next":1}');
  assert.is(redactSecrets('git clone https://me:pass1234@host/x'), 'git clone https://[redacted]@host/x');
  assert.is(redactSecrets('GH_TOKEN=abcdef npm test'), 'GH_TOKEN=[redacted] npm test');
  assert.is(redactSecrets('Authorization: bearer abcdefgh.1'), 'Authorization: bearer [redacted]');
  assert.is(redactSecrets('mine is open-sesame-1', ['open-sesame-1']), 'mine is [redacted]');
});

test('a private key that lacks its beginning or its end is one all the same', () => {
  const [begin, end] = ['-----BEGIN OPENSSH PRIVATE KEY-----', '-----END OPENSSH PRIVATE KEY-----'];
  assert.is(redactSecrets(`a: ${begin}\nAAAA\nBBBB`), 'a: [redacted]');
  assert.is(redactSecrets(`said: AAAA\nBBBB\n${end} and so on`), 'said:[redacted] and so on');
  assert.is(redactSecrets(`x\n${begin}\nAAAA\n${end}\ny ${begin}\nC\n${end}`), 'x\n[redacted]\ny [redacted]');
});

test('a cut goes through no secret', () => {
  const key = `ghp_${'x9Y8'.repeat(9)}`;
  for (let cut = 1; cut < key.length; cut += 1) {
    assert.is(redactedTail(`${key} was it`, cut + 7), ' was it');
  }
  assert.is(redactedTail('x'.repeat(50), 20), '[redacted]');
  assert.is(redactedTail('short', 20), 'short');
});

test('redacting twice changes nothing more, whatever the text', () => {
  const part = fc.constantFrom(
    'sk-',
    'ghp_',
    'eyJ',
    '.',
    'Bearer ',
    '://',
    ':',
    '@',
    'TOKEN=',
    'a'.repeat(20),
    ' ',
    '\n',
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(part, fc.string()), { maxLength: 30 }), (parts) => {
      const once = redactSecrets(parts.join(''));
      assert.is(redactSecrets(once), once);
    }),
  );
});

test('a text made to be slow is not', () => {
  const hostile = [
    'eyJ-',
    'sk-',
    '://a:',
    'A_TOKEN',
    '-----BEGIN PRIVATE KEY',
    '-----END A PRIVATE KEY-----',
    'aaaa\n',
  ];
  for (const piece of hostile) {
    const text = piece.repeat(200_000);
    // Quadratic time would be minutes, and fail by the limit of this suite.
    assert.ok(redactSecrets(text).length <= text.length + 20 * 200_000);
  }
});

test.run();

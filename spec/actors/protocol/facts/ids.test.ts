import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { codeOf } from '../../../../actors/protocol/facts/error.ts';
import * as schemas from '../../../../actors/protocol/facts/id-schemas.ts';
import {
  beforeFirstPosition,
  beforeFirstSeq,
  firstRunOrdinal,
  isSessionId,
  laterPosition,
  ledgerOrdinal,
  positionAfter,
  seqAfter,
  toEpochKey,
  toOrdinal,
  toPosition,
  toRunId,
  toRunKey,
  toSeq,
  toSessionId,
  toSessionKey,
  toTimestamp,
} from '../../../../actors/protocol/facts/ids.ts';
import { suite } from '../../../support/suite.ts';

const test = suite('ids');

/** By their names: the constructor, the schema of the border, and the least that both take. */
const numbers = {
  position: [toPosition, schemas.positionSchema, 0],
  seq: [toSeq, schemas.seqSchema, 0],
  ordinal: [toOrdinal, schemas.ordinalSchema, 0],
  sessionKey: [toSessionKey, schemas.sessionKeySchema, 1],
  runKey: [toRunKey, schemas.runKeySchema, 1],
  epochKey: [toEpochKey, schemas.epochKeySchema, 1],
  timestamp: [toTimestamp, schemas.timestampSchema, Number.MIN_SAFE_INTEGER],
} as const;

/** Numbers of every kind, those at the edges of what is taken as often as the others. */
const anyNumber = fc.oneof(
  fc.integer({ min: -2, max: 2 }),
  fc.maxSafeInteger(),
  fc.double(),
  fc.constantFrom(-0, 0.5, 2 ** 53, 2 ** 53 - 1, 2 ** 53 + 2, -(2 ** 53), Number.NaN, Number.POSITIVE_INFINITY),
);

test('[law 2] a constructor of numbers takes integers from its least on, gives them as they are, and raises for all else', () => {
  fc.assert(
    fc.property(fc.constantFrom(...Object.values(numbers)), anyNumber, ([construct, , least], value) => {
      if (Number.isSafeInteger(value) && value >= least) assert.is(construct(value), value);
      else
        assert.is(
          raisedBy(() => construct(value)),
          'internal',
        );
    }),
    { numRuns: 2_000 },
  );
});

test('a schema of the border takes the numbers that the constructor takes', () => {
  fc.assert(
    fc.property(fc.constantFrom(...Object.values(numbers)), anyNumber, ([construct, schema], value) => {
      assert.is(schema.safeParse(value).success, raisedBy(() => construct(value)) === null);
    }),
    { numRuns: 2_000 },
  );
});

const uuid = fc.oneof(
  fc.uuid(),
  fc.constant(null).map(() => randomUUID()),
);
/** Texts that are nearly one: a UUID with one character taken out, put in, or in capitals. */
const nearlyUuid = fc
  .tuple(uuid, fc.nat(35), fc.constantFrom('', 'g', '-', '00', '\n', 'É'))
  .map(([id, at, other]) => id.slice(0, at) + other + id.slice(at + 1));
const isLowerCaseUuid = (text: string): boolean =>
  text.length === 36 &&
  [...text].every((character, index) =>
    [8, 13, 18, 23].includes(index) ? character === '-' : '0123456789abcdef'.includes(character),
  );

test('a constructor of ids takes a UUID in lower case and raises for all else', () => {
  const texts = fc.oneof(
    uuid,
    uuid.map((id) => id.toUpperCase()),
    uuid.map((id) => `${id}\n`),
    nearlyUuid,
    fc.string(),
  );
  fc.assert(
    fc.property(texts, (text) => {
      assert.is(isSessionId(text), isLowerCaseUuid(text));
      for (const construct of [toSessionId, toRunId]) {
        if (isLowerCaseUuid(text)) assert.is(construct(text), text);
        else
          assert.is(
            raisedBy(() => construct(text)),
            'internal',
          );
      }
    }),
    { numRuns: 2_000 },
  );
});

test('whoever asks may write an id in capitals: what is looked for is in lower case', () => {
  fc.assert(
    fc.property(fc.uuid({ version: [4, 7] }), (id) => {
      for (const schema of [schemas.askedSessionId, schemas.askedApprovalId]) {
        assert.is(schema.parse(id.toUpperCase()), id);
        assert.is(schema.safeParse(`${id} `).success, false);
      }
    }),
  );
});

test('places in a URL are texts of whole numbers', () => {
  assert.is(schemas.askedPosition.parse('0'), beforeFirstPosition);
  assert.is(schemas.askedOrdinal.parse('1'), firstRunOrdinal);
  for (const wrong of ['-1', '0.5', 'x', '9007199254740992']) {
    assert.is(schemas.askedPosition.safeParse(wrong).success, false, wrong);
    assert.is(schemas.askedOrdinal.safeParse(wrong).success, false, wrong);
  }
  assert.is(schemas.askedOrdinal.safeParse('0').success, false, 'a ledger has no machine');
});

test('[law 2] counting on gives the next place, and never a lower one in silence', () => {
  fc.assert(
    fc.property(fc.nat(), fc.nat(), (from, count) => {
      assert.is(seqAfter(toSeq(from)), from + 1);
      assert.is(seqAfter(toSeq(from), count), from + count);
      assert.is(positionAfter(toPosition(from)), from + 1);
      assert.is(laterPosition(toPosition(from), toPosition(count)), Math.max(from, count));
    }),
  );
  const last = Number.MAX_SAFE_INTEGER;
  assert.is(
    raisedBy(() => seqAfter(toSeq(last))),
    'internal',
  );
  assert.is(
    raisedBy(() => positionAfter(toPosition(last))),
    'internal',
  );
  assert.is(seqAfter(beforeFirstSeq), 1);
  assert.is(toOrdinal(ledgerOrdinal + 1), firstRunOrdinal);
});

const raisedBy = (body: () => unknown): string | undefined | null => {
  try {
    body();
    return null;
  } catch (thrown) {
    return codeOf(thrown);
  }
};

test.run();

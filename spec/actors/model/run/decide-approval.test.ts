import { equal, is, match, throws } from 'uvu/assert';
import { personDecides, policyDecides, type Request } from '../../../../actors/model/run/decide-approval.ts';
import { asThroughlineError, type ThroughlineError } from '../../../../actors/protocol/facts/error.ts';
import { suite } from '../../../support/suite.ts';

const test = suite('decide on an approval');

const option = (kind: string, optionId = kind) => ({ optionId, name: `Name of ${optionId}`, kind });
const request = (...options: Request['options']): Request => ({ approvalId: 'a', options });
const allow = { decision: 'allow', optionId: null, answers: null } as const;
const deny = { decision: 'deny', optionId: null, answers: null } as const;

const refusal = (act: () => unknown): ThroughlineError => {
  try {
    act();
  } catch (thrown) {
    return asThroughlineError(thrown);
  }
  throw new Error('nothing was refused');
};

const all = ['allow_always', 'allow_once', 'reject_always', 'reject_once'].map((kind) => option(kind));

test('[law 18] a plain yes is for once, never for always', () => {
  equal(personDecides(request(...all), allow), {
    approvalId: 'a',
    outcome: 'allowed',
    optionId: 'allow_once',
    by: 'person',
  });
  const many = [
    [option('allow_always'), option('reject_once')],
    [option('allow_once', 'this'), option('allow_once', 'that')],
    [option('', 'yes'), option('', 'no')],
    [option('allow', 'yes'), option('proceed_auto', 'plan')],
  ];
  for (const options of many) {
    const { code, hint } = refusal(() => personDecides(request(...options), allow));
    is(code, 'input.invalid');
    for (const { optionId } of options) match(hint ?? '', optionId);
  }
  // Who names it has it, and the log says how long it holds.
  equal(personDecides(request(option('allow_always')), { ...allow, optionId: 'allow_always' }), {
    approvalId: 'a',
    outcome: 'allowed',
    optionId: 'allow_always',
    always: true,
    by: 'person',
  });
});

test('[law 18] a policy takes always only where there is no once, and says so; what it cannot read it leaves', () => {
  const by = 'policy';
  const optionId = 'allow_once';
  equal(policyDecides(request(...all), 'allow'), { approvalId: 'a', outcome: 'allowed', optionId, by });
  equal(policyDecides(request(option('allow_always')), 'allow'), {
    approvalId: 'a',
    outcome: 'allowed',
    optionId: 'allow_always',
    always: true,
    by,
  });
  equal(policyDecides(request(option('reject_once')), 'allow'), { approvalId: 'a', outcome: 'cancelled', by });
  is(policyDecides(request(option('', 'yes'), option('', 'no')), 'allow'), null);
  is(policyDecides(request(...all), 'ask'), null);
});

test('a no is for once, for always where that is all there is, and without any option all the same a no', () => {
  for (const decided of [personDecides(request(...all), deny), policyDecides(request(...all), 'deny')]) {
    is(decided?.optionId, 'reject_once');
    is(decided?.always, undefined);
  }
  is(personDecides(request(option('reject_always')), deny).always, true);
  equal(personDecides(request(), deny), { approvalId: 'a', outcome: 'denied', by: 'person' });
  match(refusal(() => personDecides(request(), allow)).message, 'no option that allows');
  equal(personDecides(request(), { ...allow, decision: 'cancel' }), {
    approvalId: 'a',
    outcome: 'cancelled',
    by: 'person',
  });
});

test('[law 18] a question is answered by a person alone, by one of its options', () => {
  const question = { ...request(option('allow_once', 'sqlite'), option('reject_once', 'skip')), question: {} };
  for (const policy of ['ask', 'allow', 'deny'] as const) is(policyDecides(question, policy), null);
  match(refusal(() => personDecides(question, allow)).hint ?? '', 'sqlite');
  const answered = { approvalId: 'a', outcome: 'answered', by: 'person' };
  equal(personDecides(question, { ...allow, optionId: 'sqlite' }), { ...answered, optionId: 'sqlite' });
  equal(personDecides(question, { ...deny, optionId: 'skip' }), { ...answered, optionId: 'skip' });
  equal(personDecides(question, deny), { ...answered, outcome: 'denied', optionId: 'skip' });
  throws(() => personDecides(question, { ...allow, optionId: 'postgres' }));
});

test('a form is answered by what fits it, a page by that it was opened', () => {
  const form = { properties: { db: { type: 'string', enum: ['pg', 'sqlite'] } }, required: ['db'] };
  const asked: Request = { ...request(), question: { form } };
  equal(personDecides(asked, { ...allow, answers: { db: 'pg' } }), {
    approvalId: 'a',
    outcome: 'answered',
    by: 'person',
    answers: { db: 'pg' },
  });
  match(refusal(() => personDecides(asked, allow)).message, 'db');
  is(personDecides(asked, deny).outcome, 'denied');
  const page: Request = { ...request(), question: { url: 'https://x.example/' } };
  is(personDecides(page, allow).outcome, 'answered');
  is(policyDecides(page, 'allow'), null);
  match(refusal(() => personDecides(page, { ...allow, answers: { db: 'pg' } })).message, 'no form');
});

test.run();

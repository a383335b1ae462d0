import * as assert from 'uvu/assert';
import { newSession } from '../../../actors/protocol/gateway/api.ts';
import { emptyForm, fieldOfProblem, isAsSent, problemsOf, requestOf } from '../../../gui/state/new-session-form.ts';
import { suite } from '../../support/suite.ts';

const test = suite('new session form');

const filled = { ...emptyForm, prompt: 'Fix the login. Quickly.', repository: '/code/app', agent: 'claude' };

test('what is missing is said at its field, each in one go', () => {
  assert.equal(Object.keys(problemsOf(emptyForm)).sort(), ['agent', 'prompt', 'repository']);
  assert.equal(problemsOf(filled), {});
  assert.ok(problemsOf({ ...filled, repository: 'code/app' }).repository);
  assert.equal(problemsOf({ ...filled, repository: '~/app' }), {});
  assert.ok(problemsOf({ ...filled, agent: 'acp:' }).agent);
});

test('what is asked for is what the gateway takes, with the suggestions that were seen', () => {
  const request = requestOf(filled, '/code/app');
  assert.equal(newSession.parse(request), {
    prompt: 'Fix the login. Quickly.',
    repository: '/code/app',
    agent: 'claude',
    approvals: 'ask',
    worktree: true,
    name: 'Fix the login',
  });
});

test('a command, a script, a branch and a base are passed on; without a worktree there is neither branch nor base', () => {
  const chosen = { ...filled, agent: 'acp:', command: ' my-agent --acp ', branch: 'b', base: 'main' };
  const request = requestOf(chosen, '/code/app');
  assert.is(request.agent, 'acp:my-agent --acp');
  assert.equal([request.branch, request.base], ['b', 'main']);
  const inPlace = requestOf({ ...chosen, worktree: false }, '/code/app');
  assert.equal([inPlace.branch, inPlace.base, inPlace.worktree], [undefined, undefined, false]);
  assert.is(requestOf({ ...filled, agent: 'rehearsal', script: 'slow' }, '/r').agent, 'rehearsal:slow');
  assert.is(requestOf({ ...filled, agent: 'rehearsal' }, '/r').agent, 'rehearsal');
});

test('a refusal is said at the field it belongs to', () => {
  assert.is(fieldOfProblem('repository.not_git', ''), 'repository');
  assert.is(fieldOfProblem('repository.bad_base', ''), 'base');
  assert.is(fieldOfProblem('worktree.bad_branch', ''), 'branch');
  assert.is(fieldOfProblem('agent.not_installed', ''), 'agent');
  assert.is(fieldOfProblem('input.invalid', 'name: too long'), 'name');
  assert.is(fieldOfProblem('store.disk_full', 'the branch office'), 'form');
});

test('what was changed since it was sent is not what was refused', () => {
  assert.ok(isAsSent('repository', filled, { ...filled, prompt: 'Something else.' }));
  assert.not(isAsSent('repository', filled, { ...filled, repository: '/code/other' }));
  assert.not(isAsSent('agent', filled, { ...filled, command: 'my-agent' }));
  assert.ok(isAsSent('form', filled, { ...filled, repository: '/code/other' }));
});

test.run();

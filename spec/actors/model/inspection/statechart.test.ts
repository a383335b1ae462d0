import { readFileSync } from 'node:fs';
import * as assert from 'uvu/assert';
import { createMachine } from 'xstate';
import { drawStatechart, heat, type SvgNode } from '../../../../actors/model/inspection/statechart/draw-statechart.ts';
import { drawnRunStatechart } from '../../../../actors/model/inspection/statechart/drawn-statechart.ts';
import { layOut } from '../../../../actors/model/inspection/statechart/lay-out.ts';
import { describeMachine } from '../../../../actors/model/inspection/statechart/statechart.ts';
import { svgText } from '../../../../actors/model/inspection/statechart/svg-text.ts';
import { runMachine } from '../../../../actors/model/run/machine.ts';
import { suite } from '../../../support/suite.ts';

const test = suite('statechart');

const chart = describeMachine(runMachine);

const elementsOf = (node: SvgNode): readonly SvgNode[] => [
  node,
  ...node.children.flatMap((child) => (typeof child === 'string' ? [] : elementsOf(child))),
];

const withClass = (picture: SvgNode, name: string): readonly SvgNode[] =>
  elementsOf(picture).filter(({ attributes }) =>
    String(attributes.class ?? '')
      .split(' ')
      .includes(name),
  );

test('the layout that is shipped, and the picture in the documentation, are those of the machine as it is', async () => {
  const laidOut = await layOut(chart);
  assert.equal(JSON.parse(JSON.stringify(laidOut)), drawnRunStatechart, 'run: npm run statechart');
  const picture = readFileSync(new URL('../../../../docs/statechart.svg', import.meta.url), 'utf8');
  assert.is(svgText(drawStatechart(drawnRunStatechart)), picture, 'run: npm run statechart');
});

test('every state and every transition of the machine is in the picture, and none twice', () => {
  const picture = drawStatechart(drawnRunStatechart);
  const states = withClass(picture, 'state').map(({ attributes }) => attributes['data-state']);
  assert.equal([...states].sort(), chart.states.map(({ id }) => id).sort());
  const lines = withClass(picture, 'state-line').flatMap(({ attributes }) => attributes['data-transition'] ?? []);
  const paths = withClass(picture, 'transition').flatMap(({ attributes }) => attributes['data-transition'] ?? []);
  assert.equal([...lines, ...paths].sort(), chart.transitions.map(({ id }) => id).sort());
});

test('a state lies within its parent, and siblings do not touch', () => {
  const { boxes, states } = drawnRunStatechart;
  for (const { id, parent } of states) {
    const box = boxes[id];
    const outer =
      parent === null
        ? { x: 0, y: 0, width: drawnRunStatechart.width, height: drawnRunStatechart.height }
        : boxes[parent];
    assert.ok(box && outer && box.width > 0 && box.height > 0, id);
    assert.ok(box.x >= outer.x && box.x + box.width <= outer.x + outer.width, `${id} in ${parent}, across`);
    assert.ok(box.y >= outer.y && box.y + box.height <= outer.y + outer.height, `${id} in ${parent}, down`);
    for (const sibling of states) {
      const other = boxes[sibling.id];
      if (sibling.id === id || sibling.parent !== parent || other === undefined) continue;
      const apart =
        box.x + box.width < other.x ||
        other.x + other.width < box.x ||
        box.y + box.height < other.y ||
        other.y + other.height < box.y;
      assert.ok(apart, `${id} beside ${sibling.id}`);
    }
  }
});

test('a transition begins at its source and ends at its target', () => {
  const { boxes, paths, transitions } = drawnRunStatechart;
  const touches = (state: string, point: readonly [number, number] | undefined): boolean => {
    const box = boxes[state];
    if (box === undefined || point === undefined) return false;
    const [x, y] = point;
    return x >= box.x - 1 && x <= box.x + box.width + 1 && y >= box.y - 1 && y <= box.y + box.height + 1;
  };
  for (const { id, source, target } of transitions) {
    if (target === null) continue;
    assert.ok(touches(source, paths[id]?.points[0]), `${id} begins at ${source}`);
    assert.ok(touches(target, paths[id]?.points.at(-1)), `${id} ends at ${target}`);
  }
});

test('the states that are active, the transition that was taken and how often are lit', () => {
  const taken = 'run.running.working approval_requested 0';
  const picture = drawStatechart(drawnRunStatechart, {
    active: new Set(['run', 'run.running', 'run.running.awaitingApproval']),
    taken: new Set([taken]),
    counts: new Map([
      [taken, 12],
      ['run tool_call 0', 3],
    ]),
  });
  assert.equal(
    withClass(picture, 'state-active').map(({ attributes }) => attributes['data-state']),
    ['run', 'run.running', 'run.running.awaitingApproval'],
  );
  assert.equal(
    withClass(picture, 'transition-taken').map(({ attributes }) => attributes['data-transition']),
    [taken],
  );
  assert.match(String(withClass(picture, 'transition-taken')[0]?.attributes.class), /transition-heat-2/);
  assert.equal(
    withClass(picture, 'count')
      .map(({ children }) => children[0])
      .sort(),
    [' ×12', ' ×3'],
  );
  assert.match(String(picture.attributes['aria-label']), /in awaitingApproval$/);
});

test('the shade grows with every tenfold', () => {
  assert.equal([0, 1, 9, 10, 99, 100, 1_000, 1_000_000].map(heat), [0, 1, 1, 2, 2, 3, 4, 4]);
});

test('parallel regions, guards, delays, history and final states of any machine are described and laid out', async () => {
  const machine = createMachine({
    id: 'other',
    type: 'parallel',
    states: {
      left: {
        initial: 'one',
        states: {
          one: { on: { next: { target: 'two', guard: 'isFine', actions: 'act' } }, after: { soon: 'two' } },
          two: { exit: 'tidy', on: { back: 'past' } },
          past: { type: 'history' },
        },
      },
      right: { initial: 'on', states: { on: { on: { stop: 'off' } }, off: { type: 'final' } } },
    },
  });
  const described = describeMachine(machine);
  const kinds = Object.fromEntries(described.states.map(({ id, kind }) => [id, kind]));
  assert.is(kinds.other, 'parallel');
  assert.is(kinds['other.left.past'], 'history');
  assert.is(kinds['other.right.off'], 'final');
  const next = described.transitions.find(({ event }) => event === 'next');
  assert.is(next?.guard, 'isFine');
  assert.equal(next?.actions, ['act']);
  assert.is(described.transitions.find(({ delay }) => delay === 'soon')?.event, 'after soon');
  const drawn = await layOut(described);
  for (const { id } of described.states) assert.ok((drawn.boxes[id]?.width ?? 0) > 0, id);
  for (const { id } of described.transitions) assert.ok((drawn.paths[id]?.points.length ?? 0) >= 2, id);
});

test('a picture as text is well formed, whatever a name holds', () => {
  const hostile = '<script>alert("x")</script> & more';
  const text = svgText({ tag: 'svg', attributes: { title: hostile }, children: [hostile] });
  assert.not.match(text, /<script/);
  assert.match(text, /&lt;script&gt;alert\(&quot;x&quot;\)/);
});

test.run();

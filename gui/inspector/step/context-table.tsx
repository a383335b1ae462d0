import type { ContextChange } from '../../../actors/protocol/gateway/inspection.ts';
import { classes } from '../../components/classes.ts';
import { shortLine } from '../../session/text/visible.ts';
import type { ShownStep } from '../model/step-book.ts';

const mostCharacters = 300;
const mostItems = 20;

/** What the machine remembers after a step, and what of it the step changed: what was, struck out, before what is. */
export const ContextTable = ({ shown: { step, after } }: { readonly shown: ShownStep }) => (
  <dl class="context" aria-label="Context">
    {Object.entries(after).map(([key, value]) => {
      const change = step.changes.find((candidate) => candidate.key === key) ?? null;
      return (
        <div key={key} class={classes('context-row', change !== null && 'context-changed')}>
          <dt>
            {shortLine(key, 60)}
            {change !== null && <span class="visually-hidden"> (changed)</span>}
          </dt>
          <dd>{change === null ? <Value value={value} /> : <Changed change={change} value={value} />}</dd>
        </div>
      );
    })}
  </dl>
);

const Changed = ({ change, value }: { readonly change: ContextChange; readonly value: unknown }) => {
  if (!('added' in change)) {
    return (
      <>
        <del>
          <Value value={change.before} />
        </del>{' '}
        <ins>
          <Value value={change.after} />
        </ins>
      </>
    );
  }
  const kept = Array.isArray(value) ? value.filter((item) => !change.added.includes(String(item))) : [];
  return (
    <ul class="context-list">
      <Items items={kept} />
      {change.removed.slice(0, mostItems).map((item) => (
        <li key={`-${item}`}>
          <del>{shortLine(item, mostCharacters)}</del>
        </li>
      ))}
      {change.added.slice(0, mostItems).map((item) => (
        <li key={`+${item}`}>
          <ins>{shortLine(item, mostCharacters)}</ins>
        </li>
      ))}
    </ul>
  );
};

const Value = ({ value }: { readonly value: unknown }) => {
  if (Array.isArray(value)) {
    return value.length === 0 ? (
      <span class="context-none">none</span>
    ) : (
      <ul class="context-list">
        <Items items={value} />
      </ul>
    );
  }
  if (value === null || value === '') return <span class="context-none">{value === null ? 'null' : 'empty'}</span>;
  return <span>{shortLine(String(value), mostCharacters)}</span>;
};

const Items = ({ items }: { readonly items: readonly unknown[] }) => (
  <>
    {items.slice(0, mostItems).map((item, index) => (
      <li key={index}>{shortLine(String(item), mostCharacters)}</li>
    ))}
    {items.length > mostItems && <li class="quiet">and {(items.length - mostItems).toLocaleString()} more</li>}
  </>
);

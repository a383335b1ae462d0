import { useState } from 'preact/hooks';
import { counted } from '../../../actors/protocol/facts/counted.ts';
import { PlainText } from '../../session/text/plain-text.tsx';
import { shortLine, visibleText } from '../../session/text/visible.ts';

const openDepth = 2;
const mostChildrenAtFirst = 50;
const mostTextAtFirst = 600;

/** A value as folded JSON. Whatever is in it is shown as text, with nothing hidden. */
export const JsonTree = ({ value, label }: { readonly value: unknown; readonly label: string }) => (
  // biome-ignore lint/a11y/useSemanticElements: a group of texts, not of fields
  <div class="json" role="group" aria-label={label}>
    <JsonNode name={null} value={value} depth={0} />
  </div>
);

type NodeProps = { readonly name: string | null; readonly value: unknown; readonly depth: number };

const JsonNode = ({ name, value, depth }: NodeProps) =>
  typeof value === 'object' && value !== null ? (
    <JsonParent name={name} value={value} depth={depth} />
  ) : (
    <div class="json-line">
      <JsonName name={name} />
      <JsonLeaf value={value} />
    </div>
  );

/** What is folded is not drawn, so that a deep or a wide value costs nothing until it is opened. */
const JsonParent = ({ name, value, depth }: NodeProps & { readonly value: object }) => {
  const entries = Array.isArray(value)
    ? value.map((item, index) => [String(index), item as unknown] as const)
    : Object.entries(value);
  const [isOpen, setIsOpen] = useState(depth < openDepth);
  const [most, setMost] = useState(mostChildrenAtFirst);
  const size = Array.isArray(value) ? counted(entries.length, 'item') : counted(entries.length, 'field');
  if (entries.length === 0) {
    return (
      <div class="json-line">
        <JsonName name={name} />
        <span class="json-empty">{Array.isArray(value) ? '[]' : '{}'}</span>
      </div>
    );
  }
  return (
    <details class="json-parent" open={isOpen} onToggle={({ currentTarget }) => setIsOpen(currentTarget.open)}>
      <summary>
        <JsonName name={name} />
        <span class="json-size">{size}</span>
      </summary>
      {isOpen && (
        <div class="json-children">
          {entries.slice(0, most).map(([key, inner]) => (
            <JsonNode key={key} name={key} value={inner} depth={depth + 1} />
          ))}
          {entries.length > most && (
            <button type="button" class="text-button" onClick={() => setMost(most * 4)}>
              {(entries.length - most).toLocaleString()} more
            </button>
          )}
        </div>
      )}
    </details>
  );
};

const JsonName = ({ name }: { readonly name: string | null }) =>
  name === null ? null : <span class="json-name">{shortLine(name, 120)}</span>;

const JsonLeaf = ({ value }: { readonly value: unknown }) => {
  const [isWhole, setIsWhole] = useState(false);
  if (typeof value !== 'string') return <span class={`json-${typeof value}`}>{String(value)}</span>;
  if (value === '') return <span class="json-empty">“”</span>;
  if (value.length <= mostTextAtFirst) return <span class="json-string">{visibleText(value)}</span>;
  if (isWhole) return <PlainText text={value} />;
  return (
    <span class="json-string">
      {visibleText(value.slice(0, mostTextAtFirst))}…{' '}
      <button type="button" class="text-button" onClick={() => setIsWhole(true)}>
        All {counted(value.length, 'character')}
      </button>
    </span>
  );
};

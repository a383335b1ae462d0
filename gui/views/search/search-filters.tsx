import type { SearchTerms } from '../../shell/route.ts';
import { useWindow } from '../../shell/window-scope.ts';
import { eventTypeNames } from '../../state/event-type-names.ts';
import { plainLine } from '../../state/plain-text.ts';

export type FiltersProps = {
  readonly terms: SearchTerms;
  /** Undefined takes a filter away. */
  readonly onChange: (part: { readonly [Key in keyof SearchTerms]?: SearchTerms[Key] | undefined }) => void;
};

const hourMs = 3_600_000;
const spans = [
  ['Any time', 0],
  ['Last hour', hourMs],
  ['Last day', 24 * hourMs],
  ['Last week', 7 * 24 * hourMs],
  ['Last month', 30 * 24 * hourMs],
] as const;

export const SearchFilters = ({ terms, onChange }: FiltersProps) => {
  const rows = useWindow().store.dashboard.value?.rows ?? [];
  const agents = [...new Set(rows.map((row) => row.agent))].sort();
  return (
    <div class="search-filters">
      <Choice
        label="Session"
        value={terms.session ?? ''}
        options={[['', 'All sessions'], ...rows.map((row) => [row.id, plainLine(row.name)] as const)]}
        onChange={(value) => onChange({ session: value || undefined })}
      />
      <Choice
        label="Agent"
        value={terms.agent ?? ''}
        options={[['', 'All agents'], ...agents.map((agent) => [agent, plainLine(agent)] as const)]}
        onChange={(value) => onChange({ agent: value || undefined })}
      />
      <Choice
        label="Kind"
        value={terms.type ?? ''}
        options={[['', 'Everything'], ...Object.entries(eventTypeNames)]}
        onChange={(value) => onChange({ type: value || undefined })}
      />
      <Choice
        label="Time"
        value={spanOf(terms.since)}
        options={spans.map(([name, ms]) => [String(ms), name] as const)}
        onChange={(value) => onChange({ since: value === '0' ? undefined : startOf(Number(value)) })}
      />
    </div>
  );
};

type ChoiceProps = {
  readonly label: string;
  readonly value: string;
  readonly options: readonly (readonly [value: string, name: string])[];
  readonly onChange: (value: string) => void;
};

const Choice = ({ label, value, options, onChange }: ChoiceProps) => (
  <label class="search-choice">
    <span class="visually-hidden">{label}</span>
    <select
      class="input"
      value={value}
      data-set={value !== '' && value !== '0'}
      onChange={(event) => onChange(event.currentTarget.value)}
    >
      {options.map(([key, name]) => (
        <option key={key} value={key}>
          {name}
        </option>
      ))}
    </select>
  </label>
);

const minuteMs = 60_000;

// To the minute, so that the address does not change with every glance.
const startOf = (span: number): number => Math.floor((Date.now() - span) / minuteMs) * minuteMs;

/** The span that comes closest to a moment in the past. */
const spanOf = (since: number | undefined): string => {
  if (since === undefined) return '0';
  const passed = Date.now() - since;
  const [closest] = [...spans]
    .slice(1)
    .sort(([, left], [, right]) => Math.abs(left - passed) - Math.abs(right - passed));
  return String(closest?.[1] ?? 0);
};

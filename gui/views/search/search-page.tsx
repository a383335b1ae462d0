import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { counted } from '../../../actors/protocol/facts/counted.ts';
import type { SearchHit } from '../../../actors/protocol/gateway/window.ts';
import { Button } from '../../components/button.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { Icon } from '../../components/icon.tsx';
import type { SearchTerms } from '../../shell/route.ts';
import { useWindow } from '../../shell/window-scope.ts';
import { sentencesOf } from '../../state/sentence.ts';
import { type FiltersProps, SearchFilters } from './search-filters.tsx';
import { SearchResult } from './search-result.tsx';

type Found =
  | { readonly kind: 'nothing asked' }
  | { readonly kind: 'refused'; readonly message: string }
  | { readonly kind: 'found'; readonly hits: readonly SearchHit[]; readonly next: string | null };

const settleMs = 180;

/** What was said and done in all sessions. The terms live in the address, so that back comes back to the results. */
export const SearchPage = ({ terms }: { readonly terms: SearchTerms }) => {
  const { navigate } = useWindow().navigation;
  const { found, busy, more } = useSearch(terms);
  const results = useRef<HTMLUListElement>(null);
  const text = useRef<HTMLInputElement>(null);
  useLayoutEffect(() => text.current?.focus(), []);
  const change: FiltersProps['onChange'] = (part) =>
    // What is undefined is left out of the address.
    navigate({ kind: 'search', terms: { ...terms, ...part } as SearchTerms }, { replace: true });

  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
    const links = [...(results.current?.querySelectorAll<HTMLElement>('a') ?? [])];
    const at = links.indexOf(document.activeElement as HTMLElement);
    if (at < 0 && event.target instanceof HTMLSelectElement) return;
    const next = links[event.key === 'ArrowDown' ? at + 1 : at - 1];
    if (next === undefined && event.key === 'ArrowDown') return;
    event.preventDefault();
    (next ?? document.getElementById('search-text'))?.focus();
  };

  return (
    <section class="search-page" aria-label="Search" onKeyDown={onKeyDown}>
      <h1 class="visually-hidden">Search</h1>
      <div class="search-head">
        <label class="search-input">
          <Icon name="search" />
          <span class="visually-hidden">Search all sessions</span>
          <input
            id="search-text"
            ref={text}
            type="search"
            autocomplete="off"
            spellcheck={false}
            maxLength={500}
            placeholder="Search what was said and done in all sessions"
            value={terms.text}
            onInput={(event) => change({ text: event.currentTarget.value })}
          />
        </label>
        <SearchFilters terms={terms} onChange={change} />
        <p class="search-count quiet numbers" role="status">
          {busy ? 'Searching…' : countOf(found)}
        </p>
      </div>
      <div class="search-results" aria-busy={busy}>
        {found.kind === 'refused' && (
          <EmptyState title="The search was refused">
            <p>{found.message}</p>
          </EmptyState>
        )}
        {found.kind === 'nothing asked' && (
          <EmptyState title="Search the whole history">
            <p>
              Messages, thinking, tool calls and their output, plans, errors: of every session, also of those that
              ended.
            </p>
          </EmptyState>
        )}
        {found.kind === 'found' && found.hits.length === 0 && !busy && (
          <EmptyState title="Nothing found">
            <p>Every word has to occur. Fewer words, or fewer filters, find more.</p>
          </EmptyState>
        )}
        {found.kind === 'found' && found.hits.length > 0 && (
          <ul ref={results} class="hit-list">
            {found.hits.map((hit) => (
              <SearchResult key={hit.position} hit={hit} />
            ))}
          </ul>
        )}
        {found.kind === 'found' && found.next !== null && (
          <Button class="older-hits" onClick={more} busy={busy}>
            Older results
          </Button>
        )}
      </div>
    </section>
  );
};

const countOf = (found: Found): string => {
  if (found.kind !== 'found' || found.hits.length === 0) return '';
  return found.next === null ? counted(found.hits.length, 'result') : `The latest ${found.hits.length} results`;
};

const useSearch = (
  terms: SearchTerms,
): { readonly found: Found; readonly busy: boolean; readonly more: () => void } => {
  const { call } = useWindow().connection;
  const [found, setFound] = useState<Found>({ kind: 'nothing asked' });
  const [busy, setBusy] = useState(false);
  const [before, setBefore] = useState<string | null>(null);
  const key = JSON.stringify(terms);

  useEffect(() => setBefore(null), [key]);

  useEffect(() => {
    const text = terms.text.trim();
    if (text === '') {
      setFound({ kind: 'nothing asked' });
      setBusy(false);
      return;
    }
    const asking = new AbortController();
    const { since, text: _, ...filters } = terms;
    setBusy(true);
    const timer = setTimeout(
      () => {
        const query = {
          text,
          ...filters,
          ...(since === undefined ? {} : { from: since }),
          ...(before ? { before } : {}),
        };
        call('search', { query }, { signal: asking.signal })
          .then(({ hits, next }) => {
            setFound((known) => ({
              kind: 'found',
              hits: before !== null && known.kind === 'found' ? [...known.hits, ...hits] : hits,
              next,
            }));
            setBusy(false);
          })
          .catch((error: unknown) => {
            if (asking.signal.aborted) return;
            setFound({ kind: 'refused', message: sentencesOf(error) });
            setBusy(false);
          });
      },
      before === null ? settleMs : 0,
    );
    return () => {
      clearTimeout(timer);
      asking.abort();
    };
  }, [key, before]);

  return { found, busy, more: () => setBefore(found.kind === 'found' ? found.next : null) };
};

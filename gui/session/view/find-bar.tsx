import { useSignal } from '@preact/signals';
import { useEffect, useId, useRef } from 'preact/hooks';
import type { SearchHit } from '../../../actors/protocol/gateway/window.ts';
import { Button } from '../../components/button.tsx';
import { useWindow } from '../../shell/window-scope.ts';
import { useSession } from '../state/session-context.ts';
import { shortLine } from '../text/visible.ts';

type Found =
  | { readonly kind: 'nothing asked' }
  | { readonly kind: 'hits'; readonly hits: readonly SearchHit[]; readonly more: boolean }
  | { readonly kind: 'failed'; readonly message: string };

const askAfterMs = 200;
const mostHits = 100;

/** Finds words in the whole history of this session, whether it is loaded or not. */
export const FindBar = () => {
  const { call } = useWindow().connection;
  const { id, state, showFind } = useSession();
  const text = useSignal('');
  const found = useSignal<Found>({ kind: 'nothing asked' });
  const at = useSignal(-1);
  const input = useRef<HTMLInputElement>(null);
  const inputId = useId();

  useEffect(() => input.current?.focus(), []);

  const words = text.value.trim();
  useEffect(() => {
    at.value = -1;
    if (words === '') {
      found.value = { kind: 'nothing asked' };
      return;
    }
    const abort = new AbortController();
    const timer = setTimeout(() => {
      call('search', { query: { text: words, session: id, limit: mostHits } }, { signal: abort.signal })
        .then(({ hits, next }) => {
          // The route gives the newest first; one who reads goes from the top.
          const inOrder = [...hits].sort((left, right) => left.run - right.run || left.seq - right.seq);
          found.value = { kind: 'hits', hits: inOrder, more: next !== null };
          if (inOrder.length > 0) go(inOrder.length - 1);
        })
        .catch((error: unknown) => {
          if (abort.signal.aborted) return;
          found.value = { kind: 'failed', message: error instanceof Error ? error.message : String(error) };
        });
    }, askAfterMs);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [call, words, id]);

  const go = (index: number): void => {
    const { value } = found;
    if (value.kind !== 'hits' || value.hits.length === 0) return;
    at.value = (index + value.hits.length) % value.hits.length;
    const hit = value.hits[at.value];
    if (hit !== undefined) void state.goTo({ run: hit.run, seq: hit.seq });
  };

  const close = (): void => {
    showFind.value = false;
  };

  const { value } = found;
  const hit = value.kind === 'hits' ? value.hits[at.value] : undefined;
  return (
    <search class="find-bar">
      <label class="visually-hidden" for={inputId}>
        Find in this session
      </label>
      <input
        id={inputId}
        ref={input}
        type="search"
        class="find-input"
        placeholder="Find in this session"
        autocomplete="off"
        spellcheck={false}
        value={text.value}
        onInput={({ currentTarget }) => {
          text.value = currentTarget.value;
        }}
        onKeyDown={(event) => {
          if (event.key === 'Escape') close();
          else if (event.key === 'Enter') go(at.value + (event.shiftKey ? -1 : 1));
          else return;
          event.preventDefault();
          event.stopPropagation();
        }}
      />
      <span class="find-count numbers" role="status">
        {value.kind === 'failed' && shortLine(value.message, 120)}
        {value.kind === 'hits' && value.hits.length === 0 && 'Nothing found'}
        {value.kind === 'hits' &&
          value.hits.length > 0 &&
          `${at.value + 1} of ${value.hits.length}${value.more ? '+' : ''}`}
      </span>
      {hit !== undefined && <span class="find-excerpt one-line">{shortLine(hit.excerpt, 160)}</span>}
      <Button
        look="bare"
        icon="chevron"
        class="jump-previous"
        label="Previous match"
        onClick={() => go(at.value - 1)}
      />
      <Button look="bare" icon="chevron" label="Next match" onClick={() => go(at.value + 1)} />
      <Button look="bare" icon="close" label="Close find" onClick={close} />
    </search>
  );
};

import { useEffect, useState } from 'preact/hooks';
import type { RepositoryDescription } from '../../../actors/protocol/gateway/window.ts';
import { useWindow } from '../../shell/window-scope.ts';
import { sentencesOf } from '../../state/sentence.ts';

export type RepositoryLook =
  | { readonly kind: 'none' }
  | { readonly kind: 'asking' }
  | ({ readonly kind: 'found' } & RepositoryDescription)
  | { readonly kind: 'refused'; readonly message: string };

const settleMs = 250;

/** What is at a path, asked for when it has not been typed at for a moment. */
export const useRepository = (path: string): RepositoryLook => {
  const { call } = useWindow().connection;
  const [look, setLook] = useState<RepositoryLook>({ kind: 'none' });
  useEffect(() => {
    if (path.trim() === '') {
      setLook({ kind: 'none' });
      return;
    }
    setLook({ kind: 'asking' });
    const asking = new AbortController();
    const timer = setTimeout(() => {
      call('repository', { query: { path: path.trim() } }, { signal: asking.signal })
        .then((found) => setLook({ kind: 'found', ...found }))
        .catch((error: unknown) => {
          if (asking.signal.aborted) return;
          setLook({ kind: 'refused', message: sentencesOf(error) });
        });
    }, settleMs);
    return () => {
      clearTimeout(timer);
      asking.abort();
    };
  }, [call, path]);
  return look;
};

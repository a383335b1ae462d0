/** Between the runtime and the search actor. */
import type { PlainError } from '../facts/error.ts';
import type { SearchPage, SearchQuery } from '../gateway/window.ts';

export type SearchOptions = { readonly databasePath: string; readonly indexPath: string };

export type ToSearch =
  /** Something was committed: the index is behind. */
  | { readonly kind: 'committed' }
  | { readonly kind: 'query'; readonly requestId: number; readonly query: SearchQuery }
  /** Somebody looks: answered by `sampled`. */
  | { readonly kind: 'sample' }
  | { readonly kind: 'close' };

export type FromSearch =
  | { readonly kind: 'answer'; readonly requestId: number; readonly page: SearchPage }
  | { readonly kind: 'refused'; readonly requestId: number; readonly error: PlainError }
  /** The index was damaged or of another log, and is being made anew. */
  | { readonly kind: 'rebuilt'; readonly why: string }
  | { readonly kind: 'sampled'; readonly sample: SearchSelfSample };

/** What the search thread knows of itself. */
export type SearchSelfSample = { readonly indexedUpTo: number };

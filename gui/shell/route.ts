/** Where the window is, kept in the address after `#`, so that back, forward and a reload work. */

/** What a search asks for; absent fields filter nothing. */
export type SearchTerms = {
  readonly text: string;
  readonly session?: string;
  readonly agent?: string;
  readonly type?: string;
  /** Only what happened at or after this moment (ms). */
  readonly since?: number;
};

export type Route =
  | { readonly kind: 'dashboard' }
  | { readonly kind: 'session'; readonly id: string; readonly at: EventAddress | null }
  /** The inspector, at an event or at the end. */
  | { readonly kind: 'inspect'; readonly id: string; readonly at: EventAddress | null }
  /** What a session changed; null: over what it is best begun with. */
  | { readonly kind: 'review'; readonly id: string; readonly range: string | null }
  /** What one session would land, and what became of it. */
  | { readonly kind: 'land'; readonly id: string }
  /** What lands, one after the other. */
  | { readonly kind: 'landings' }
  | { readonly kind: 'search'; readonly terms: SearchTerms }
  | { readonly kind: 'new' }
  | { readonly kind: 'actors' }
  /** The inspector of a file, without a session. */
  | { readonly kind: 'file' };

/** An event's place in its session. */
export type EventAddress = { readonly run: number; readonly seq: number };

export const parseRoute = (hash: string): Route => {
  const [path = '', query = ''] = hash.replace(/^#?\/?/, '').split('?', 2);
  const [head, id, at, place] = path.split('/').map(decoded);
  if (head === 'session' && id && at === 'inspect') return { kind: 'inspect', id, at: parsePlace(place ?? '') };
  if (head === 'session' && id && at === 'review') return { kind: 'review', id, range: place || null };
  if (head === 'session' && id && at === 'land') return { kind: 'land', id };
  if (head === 'session' && id) return { kind: 'session', id, at: at === 'at' ? parsePlace(place ?? '') : null };
  if (head === 'search') return { kind: 'search', terms: parseTerms(new URLSearchParams(query)) };
  if (head === 'landings') return { kind: 'landings' };
  if (head === 'new') return { kind: 'new' };
  if (head === 'file') return { kind: 'file' };
  if (head === 'actors') return { kind: 'actors' };
  return { kind: 'dashboard' };
};

export const formatRoute = (route: Route): string => {
  switch (route.kind) {
    case 'dashboard':
      return '#/';
    case 'new':
      return '#/new';
    case 'file':
      return '#/file';
    case 'actors':
      return '#/actors';
    case 'landings':
      return '#/landings';
    case 'land':
      return `#/session/${encodeURIComponent(route.id)}/land`;
    case 'session': {
      const place = route.at === null ? '' : `/at/${route.at.run}:${route.at.seq}`;
      return `#/session/${encodeURIComponent(route.id)}${place}`;
    }
    case 'inspect': {
      const place = route.at === null ? '' : `/${route.at.run}:${route.at.seq}`;
      return `#/session/${encodeURIComponent(route.id)}/inspect${place}`;
    }
    case 'review': {
      const range = route.range === null ? '' : `/${encodeURIComponent(route.range)}`;
      return `#/session/${encodeURIComponent(route.id)}/review${range}`;
    }
    case 'search': {
      const query = new URLSearchParams();
      for (const [key, value] of Object.entries(route.terms)) {
        if (value !== undefined && value !== '') query.set(key === 'text' ? 'q' : key, String(value));
      }
      const text = query.toString();
      return text === '' ? '#/search' : `#/search?${text}`;
    }
  }
};

const decoded = (part: string): string => {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
};

const parsePlace = (text: string): EventAddress | null => {
  const match = /^(\d{1,9}):(\d{1,15})$/.exec(text);
  return match ? { run: Number(match[1]), seq: Number(match[2]) } : null;
};

const parseTerms = (query: URLSearchParams): SearchTerms => {
  const session = query.get('session');
  const agent = query.get('agent');
  const type = query.get('type');
  const since = Number(query.get('since') ?? Number.NaN);
  return {
    text: query.get('q') ?? '',
    ...(session ? { session } : {}),
    ...(agent ? { agent } : {}),
    ...(type ? { type } : {}),
    ...(Number.isFinite(since) ? { since } : {}),
  };
};

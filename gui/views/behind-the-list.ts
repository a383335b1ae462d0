/** What comes right behind the list, in one file: see `late-views.ts`. */
export { NewSession } from './new-session/new-session.tsx';
export { SearchPage } from './search/search-page.tsx';

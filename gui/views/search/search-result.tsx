import type { SearchHit } from '../../../actors/protocol/gateway/window.ts';
import { Age } from '../../components/age.tsx';
import { formatRoute } from '../../shell/route.ts';
import { eventTypeName } from '../../state/event-type-names.ts';
import { marked } from '../../state/marked.ts';
import { plainLine } from '../../state/plain-text.ts';

/** One place in the history; a link, so that it opens wherever links can be opened. */
export const SearchResult = ({ hit }: { readonly hit: SearchHit }) => (
  <li>
    <a class="hit" href={formatRoute({ kind: 'session', id: hit.sessionId, at: { run: hit.run, seq: hit.seq } })}>
      <span class="hit-head">
        <span class="hit-session one-line">{plainLine(hit.sessionName)}</span>
        <span class="hit-kind">{eventTypeName(hit.type)}</span>
        <span class="hit-agent one-line">{plainLine(hit.agent)}</span>
        <Age at={hit.occurredAt} class="hit-age numbers" />
      </span>
      <span class="hit-excerpt">
        {marked(hit.excerpt, hit.matches).map((part, index) =>
          part.isMatch ? <mark key={index}>{part.text}</mark> : <span key={index}>{part.text}</span>,
        )}
      </span>
    </a>
  </li>
);

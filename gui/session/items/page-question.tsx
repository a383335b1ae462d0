import { pageAddress } from '../../../actors/protocol/asked/page-address.ts';
import { Button } from '../../components/button.tsx';
import { useSurroundings } from '../../components/surroundings.ts';
import type { Deciding } from '../model/decision.ts';
import { visibleLine } from '../text/visible.ts';
import { Output } from './output.tsx';

/**
 * A page that the agent wants to be opened. Its address is there whole, and whose page it is stands out; nothing of it is
 * fetched before a person opens it, in a browser of his own.
 */
export const PageQuestion = ({ address, chosen, decide }: Deciding & { readonly address: string }) => {
  const { isRuntimeGone } = useSurroundings();
  const page = pageAddress(address);
  return (
    <>
      {page === null ? (
        <>
          <Output output={{ text: address }} label="The address" asIs />
          <p class="quiet">This is the address of no page on the web, so it cannot be opened here.</p>
        </>
      ) : (
        <>
          <p class="page-address path">{hostMarked(page.href, page.host)}</p>
          <p class="quiet">
            {page.isPlain ? 'What you type there can be read on the way: it is not encrypted. ' : ''}
            It opens in your browser. Throughline does not look at it.
          </p>
        </>
      )}
      <div class="approval-options">
        {page !== null && !isRuntimeGone.value && (
          <a
            class="button button-primary"
            href={page.href}
            target="_blank"
            rel="noopener noreferrer"
            onClick={() => decide('open', { decision: 'allow' })}
          >
            Open {visibleLine(page.host)}
          </a>
        )}
        <Button
          busy={chosen === 'deny'}
          disabled={chosen !== null}
          tellsRuntime
          onClick={() => decide('deny', { decision: 'deny' })}
        >
          Decline
        </Button>
        <Button
          look="bare"
          busy={chosen === 'cancel'}
          disabled={chosen !== null}
          tellsRuntime
          title="The agent hears that nobody answers"
          onClick={() => decide('cancel', { decision: 'cancel' })}
        >
          Cancel
        </Button>
      </div>
    </>
  );
};

/** An address with the name of whose it is told from the rest. */
const hostMarked = (href: string, host: string) => {
  // Behind the scheme, and behind whatever name and password stand before it.
  const from = href.indexOf(host, href.lastIndexOf('@', href.indexOf('/', href.indexOf('//') + 2)) + 1);
  return (
    <>
      {visibleLine(href.slice(0, from))}
      <strong>{visibleLine(host)}</strong>
      {visibleLine(href.slice(from + host.length))}
    </>
  );
};

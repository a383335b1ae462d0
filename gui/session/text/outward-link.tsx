import { pageAddress } from '../../../actors/protocol/asked/page-address.ts';
import { visibleLine } from './visible.ts';

/** An address whole, to be read before it is followed; only http and https can be. */
export const OutwardLink = ({ address }: { readonly address: string }) => {
  const page = pageAddress(address);
  if (page === null) return <span class="path">{visibleLine(address)}</span>;
  return (
    <a class="path link" href={page.href} target="_blank" rel="noopener noreferrer" title={page.href}>
      {visibleLine(page.href)}
    </a>
  );
};

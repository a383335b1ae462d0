import type { ComponentChildren } from 'preact';

/** What stands where something would be: what is not there, and what can be done. */
export const EmptyState = ({ title, children }: { readonly title: string; readonly children?: ComponentChildren }) => (
  <div class="empty-state">
    <h2>{title}</h2>
    {children}
  </div>
);

import type { JSX } from 'preact';

/** Drawn on a grid of 16 with lines of 1.5. */
const shapes = {
  actors: <path d="M2.5 3h4v4h-4zM2.5 9.5h4V13h-4zM10 6h3.5v4H10zM6.5 5 10 7.5M6.5 11.2 10 8.5" />,
  add: <path d="M8 3v10M3 8h10" />,
  attention: <path d="M4 11V7a4 4 0 0 1 8 0v4l1.2 1.5H2.8zM6.8 14.2h2.4" />,
  back: <path d="M9.5 3.5 5 8l4.5 4.5" />,
  branch: (
    <path d="M4.5 5.8v4.4M4.5 10.2c0-3 7-1.6 7-4.6M4.5 2.6a1.6 1.6 0 1 0 0 3.2 1.6 1.6 0 0 0 0-3.2ZM4.5 10.2a1.6 1.6 0 1 0 0 3.2 1.6 1.6 0 0 0 0-3.2ZM11.5 2.6a1.6 1.6 0 1 0 0 3.2 1.6 1.6 0 0 0 0-3.2Z" />
  ),
  check: <path d="m3.5 8.5 3 3 6-7" />,
  camera: <path d="M2.5 5h2.8l1-1.6h3.4l1 1.6h2.8v7.6h-11zM8 6.6a2.1 2.1 0 1 0 0 4.2 2.1 2.1 0 0 0 0-4.2Z" />,
  chevron: <path d="m5 6.5 3 3 3-3" />,
  close: <path d="m4 4 8 8M12 4l-8 8" />,
  comment: <path d="M3 3.5h10v7H8l-3 2.6v-2.6H3z" />,
  command: <path d="m3 5 3 3-3 3M8.5 11.5H13" />,
  copy: <path d="M5.5 5.5h7v7h-7zM3.5 10.5v-7h7" />,
  diff: <path d="M8 3v6M5 6h6M5 12.5h6" />,
  document: <path d="M4 2.5h5L12 5.5v8H4zM9 2.5v3h3" />,
  filter: <path d="M2.5 4.5h11M4.75 8h6.5M7 11.5h2" />,
  edit: <path d="M9.5 3H13v3.5M13 3 7.5 8.5M11.5 9.5V13H3V4.5h3.5" />,
  fit: <path d="M3 6V3h3M10 3h3v3M13 10v3h-3M6 13H3v-3" />,
  folder: <path d="M2.5 4.5h3.6l1.4 1.6h6v6.4h-11z" />,
  fork: (
    <path d="M8 13.2V9.8M8 9.8C8 7.4 4.5 8 4.5 5.6M8 9.8c0-2.4 3.5-1.8 3.5-4.2M4.5 2.4a1.6 1.6 0 1 0 0 3.2 1.6 1.6 0 0 0 0-3.2ZM11.5 2.4a1.6 1.6 0 1 0 0 3.2 1.6 1.6 0 0 0 0-3.2Z" />
  ),
  help: <path d="M6 6.2a2 2 0 1 1 2.8 1.9c-.6.3-.8.7-.8 1.4M8 11.7v.1M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12Z" />,
  inspect: <path d="M3 3h4v3H3zM9 10h4v3H9zM5 6v5.5h4M7 4.5h4V10" />,
  land: <path d="M8 2.5v7M5 7l3 3 3-3M3 13h10" />,
  minus: <path d="M3 8h10" />,
  more: <path d="M3.5 8h.01M8 8h.01M12.5 8h.01" class="icon-dots" />,
  pause: <path d="M5.5 4v8M10.5 4v8" />,
  pencil: <path d="m3 13 .6-2.8L10.8 3 13 5.2 5.8 12.4z" />,
  play: <path d="M5 3.5v9l7-4.5z" />,
  queue: <path d="M3 4.5h10M3 8h10M3 11.5h6" />,
  restore: <path d="M3 8a5 5 0 1 1 1.6 3.7M3 12.5V9.4h3.1" />,
  search: <path d="M7 11.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9ZM10.3 10.3 14 14" />,
  send: <path d="M8 13V3M4 7l4-4 4 4" />,
  sort: <path d="M5 3v10M2.5 10.5 5 13l2.5-2.5M11 13V3M8.5 5.5 11 3l2.5 2.5" />,
  stop: <path d="M4.5 4.5h7v7h-7z" />,
  theme: <path d="M8 2a6 6 0 1 0 0 12V2Zm0 0a6 6 0 0 1 0 12" />,
  trash: <path d="M3 4.5h10M6 4.5V3h4v1.5M4.5 4.5l.5 8.5h6l.5-8.5" />,
  wait: <path d="M8 2.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11ZM8 5v3.2l2 1.3" />,
  warning: <path d="M8 2.5 14.5 13.5h-13zM8 6.5v3.5M8 11.9v.1" />,
} as const satisfies Record<string, JSX.Element>;

export type IconName = keyof typeof shapes;

/** A small line drawing beside a word; it says nothing by itself, so it is hidden from screen readers. */
export const Icon = ({ name, class: className = '' }: { readonly name: IconName; readonly class?: string }) => (
  <svg
    class={`icon ${className}`}
    viewBox="0 0 16 16"
    fill="none"
    stroke="currentColor"
    stroke-width="1.5"
    stroke-linecap="round"
    stroke-linejoin="round"
    aria-hidden="true"
  >
    {shapes[name]}
  </svg>
);

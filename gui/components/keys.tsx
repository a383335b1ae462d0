const isApple = /Mac|iPhone|iPad/.test(navigator.platform);

const drawn: Readonly<Record<string, string>> = isApple
  ? { Mod: '⌘', Shift: '⇧', Alt: '⌥', Enter: '↩', Up: '↑', Down: '↓', Left: '←', Right: '→' }
  : { Mod: 'Ctrl', Enter: '↵', Up: '↑', Down: '↓', Left: '←', Right: '→' };

/** Keys in words, for where no keys can be drawn: `Ctrl K`. */
export const keyText = (keys: string): string =>
  keys
    .split('+')
    .map((key) => drawn[key] ?? key)
    .join(' ');

/** Keys as they are pressed, written `Mod+K`; `Mod` is ⌘ on a Mac and Ctrl elsewhere. */
export const Keys = ({ of }: { readonly of: string }) => (
  <span class="keys">
    {of.split('+').map((key) => (
      <kbd key={key}>{drawn[key] ?? key}</kbd>
    ))}
  </span>
);

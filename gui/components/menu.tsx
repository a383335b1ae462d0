import { type ReadonlySignal, signal } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { classes } from './classes.ts';
import { Icon, type IconName } from './icon.tsx';

export type MenuItem =
  | {
      readonly label: string;
      readonly icon?: IconName;
      readonly run: () => void;
      readonly danger?: boolean;
      readonly disabled?: boolean;
      /** Set on one of several to choose from. */
      readonly checked?: boolean;
      readonly detail?: string;
    }
  | 'line';

type OpenMenu = { readonly anchor: Element | DOMRect; readonly label: string; readonly items: readonly MenuItem[] };

/** The window's menus, of which one is open at most. */
export type Menus = {
  readonly opened: ReadonlySignal<OpenMenu | null>;
  /**
   * Opens a menu at an element, or at a place in the window. Menus are drawn at the root of the window, so that no list
   * that scrolls can cut them off.
   */
  readonly openMenu: (anchor: Element | DOMRect, label: string, items: readonly MenuItem[]) => void;
  readonly closeMenu: () => void;
  /** Whether a menu is open; keys belong to it then. */
  readonly isMenuOpen: () => boolean;
};

export const createMenus = (): Menus => {
  const opened = signal<OpenMenu | null>(null);
  return Object.freeze({
    opened,
    openMenu: (anchor, label, items) => {
      opened.value = { anchor, label, items };
    },
    closeMenu: () => {
      opened.value = null;
    },
    isMenuOpen: () => opened.value !== null,
  } satisfies Menus);
};

/** Where menus appear; once, at the root. */
export const MenuHost = ({ menus }: { readonly menus: Menus }) => {
  const { opened, closeMenu } = menus;
  return opened.value === null ? null : (
    <section aria-label={opened.value.label}>
      <Menu key={opened.value.label} {...opened.value} close={closeMenu} />
    </section>
  );
};

const Menu = ({ anchor, label, items, close }: OpenMenu & { readonly close: () => void }) => {
  const element = useRef<HTMLDivElement>(null);

  useLayoutEffect(() => {
    if (element.current) place(element.current, anchor instanceof Element ? anchor.getBoundingClientRect() : anchor);
  }, [anchor]);

  useLayoutEffect(() => {
    const before = document.activeElement;
    const elsewhere = (event: Event): void => {
      if (!(event.target instanceof Node && element.current?.contains(event.target))) close();
    };
    focusable(element.current)[0]?.focus();
    document.addEventListener('pointerdown', elsewhere, true);
    window.addEventListener('resize', close);
    window.addEventListener('blur', close);
    return () => {
      document.removeEventListener('pointerdown', elsewhere, true);
      window.removeEventListener('resize', close);
      window.removeEventListener('blur', close);
      // Whatever the chosen item opened keeps the focus it took.
      if (document.activeElement === document.body && before instanceof HTMLElement) before.focus();
    };
  }, []);

  const onKeyDown = (event: KeyboardEvent): void => {
    const targets = focusable(element.current);
    const at = targets.indexOf(document.activeElement as HTMLElement);
    const moves: Readonly<Record<string, number>> = {
      ArrowDown: (at + 1) % targets.length,
      ArrowUp: (at - 1 + targets.length) % targets.length,
      Home: 0,
      End: targets.length - 1,
    };
    const target = moves[event.key];
    if (event.key === 'Escape' || event.key === 'Tab') close();
    else if (target !== undefined) targets[target]?.focus();
    else if (event.key.length === 1 && !event.ctrlKey && !event.metaKey) {
      const letter = event.key.toLowerCase();
      const ordered = [...targets.slice(at + 1), ...targets.slice(0, at + 1)];
      ordered.find((item) => item.textContent?.trim().toLowerCase().startsWith(letter))?.focus();
      if (event.key === ' ') return;
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <div ref={element} class="menu" role="menu" aria-label={label} tabIndex={-1} onKeyDown={onKeyDown}>
      {items.map((item, index) =>
        item === 'line' ? (
          <hr key={index} class="menu-line" />
        ) : (
          <button
            key={item.label}
            type="button"
            class={classes('menu-item', item.danger && 'menu-item-danger')}
            {...(item.checked === undefined
              ? { role: 'menuitem' }
              : { role: 'menuitemradio', 'aria-checked': item.checked })}
            disabled={item.disabled}
            tabIndex={-1}
            onClick={() => {
              close();
              item.run();
            }}
          >
            {item.checked !== undefined ? (
              <Icon name="check" class={item.checked ? '' : 'invisible'} />
            ) : (
              item.icon && <Icon name={item.icon} />
            )}
            <span class="menu-label">{item.label}</span>
            {item.detail && <span class="menu-detail">{item.detail}</span>}
          </button>
        ),
      )}
    </div>
  );
};

const focusable = (menu: HTMLElement | null): HTMLElement[] => [
  ...(menu?.querySelectorAll<HTMLElement>('button:not(:disabled)') ?? []),
];

const edgePixels = 8;
const gapPixels = 4;

/** Below the anchor and along its right edge (or from a point to the right), unless there is no room. */
const place = (menu: HTMLElement, anchor: DOMRect): void => {
  const { width, height } = menu.getBoundingClientRect();
  const left = Math.max(
    edgePixels,
    Math.min(anchor.width === 0 ? anchor.left : anchor.right - width, innerWidth - width - edgePixels),
  );
  const below = anchor.bottom + gapPixels;
  const fits = below + height + edgePixels <= innerHeight;
  const top = fits ? below : Math.max(edgePixels, anchor.top - gapPixels - height);
  menu.style.setProperty('left', `${left}px`);
  menu.style.setProperty('top', `${top}px`);
};

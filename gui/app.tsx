import { MenuHost } from './components/menu.tsx';
import { SurroundingsContext } from './components/surroundings.ts';
import { ToastHost } from './components/toast.tsx';
import { WindowContext, type WindowScope } from './shell/window-scope.ts';
import { Overlays } from './views/dialogs/overlays.tsx';
import { Shell } from './views/frame/shell.tsx';

export const App = ({ scope }: { readonly scope: WindowScope }) => (
  <WindowContext.Provider value={scope}>
    <SurroundingsContext.Provider value={scope}>
      <Shell />
      <Overlays />
      <MenuHost menus={scope.menus} />
      <ToastHost toasts={scope.toasts} />
    </SurroundingsContext.Provider>
  </WindowContext.Provider>
);

import { MenuHost } from './components/menu.tsx';
import { ToastHost } from './components/toast.tsx';
import { Overlays } from './views/dialogs/overlays.tsx';
import { Shell } from './views/frame/shell.tsx';

export const App = () => (
  <>
    <Shell />
    <Overlays />
    <MenuHost />
    <ToastHost />
  </>
);

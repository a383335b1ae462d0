import { MenuHost } from './components/menu.tsx';
import { ToastHost } from './components/toast.tsx';
import { Overlays } from './views/overlays.tsx';
import { Shell } from './views/shell.tsx';

export const App = () => (
  <>
    <Shell />
    <Overlays />
    <MenuHost />
    <ToastHost />
  </>
);

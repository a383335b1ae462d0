import { MenuHost } from './components/menu.tsx';
import { ToastHost } from './components/toast.tsx';

export const App = () => (
  <>
    <main />
    <MenuHost />
    <ToastHost />
  </>
);

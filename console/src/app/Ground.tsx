import { ModalsProvider } from "@mantine/modals";
import { Outlet } from "@tanstack/react-router";

/** What every page stands on. Dialogs are drawn within the router, so that what is in them knows where it is. */
export function Ground() {
  return (
    <ModalsProvider>
      <Outlet />
    </ModalsProvider>
  );
}

import { useParams } from "@tanstack/react-router";

/** The company of the page's address. For pages below /t/$tenant only. */
export function useTenant(): string {
  const { tenant } = useParams({ strict: false });
  if (!tenant) throw new Error("this page belongs to no company");
  return tenant;
}

import { byNamespace } from "./namespaces";

export default byNamespace(
  import.meta.glob<Record<string, unknown>>(["./*.en.json", "../features/*/en.json"], {
    eager: true,
    import: "default",
  }),
);

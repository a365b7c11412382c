import { byNamespace } from "./namespaces";

export default byNamespace(
  import.meta.glob<Record<string, unknown>>(["./*.es.json", "../features/*/es.json"], {
    eager: true,
    import: "default",
  }),
);

/** Catalogues by namespace: that of a feature is its folder's name, that of `./NAME.es.json` is NAME. */
export function byNamespace(
  files: Record<string, Record<string, unknown>>,
): Record<string, Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(files).map(([path, words]) => {
      const parts = path.split("/");
      const file = parts.at(-1) ?? "";
      const own = file.split(".").length === 3;
      return [own ? (file.split(".")[0] ?? "") : (parts.at(-2) ?? ""), words];
    }),
  );
}

import { MultiSelect, SimpleGrid } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useObjects } from "@/api/objects";
import { nameOf } from "@/ui/ObjectSelect";

export const CLASSES = [
  "internal",
  "local",
  "national",
  "mobile",
  "toll-free",
  "shared-cost",
  "premium",
  "international",
] as const;

interface Scoped {
  users: string[];
  groups: string[];
  sites: string[];
}

/** Whom something is for: people, groups, sites; with none of them, everybody. */
export function Scope({ draft, put }: { draft: Scoped; put: (fields: Partial<Scoped>) => void }) {
  const { t } = useTranslation("outbound");
  const lists = {
    users: useObjects("user").data ?? [],
    groups: useObjects("group").data ?? [],
    sites: useObjects("site").data ?? [],
  };
  const all = draft.users.length + draft.groups.length + draft.sites.length === 0;
  return (
    <SimpleGrid cols={{ base: 1, sm: 3 }}>
      {(["users", "groups", "sites"] as const).map((field) => (
        <MultiSelect
          key={field}
          label={t(field)}
          placeholder={all ? t("everybody") : ""}
          searchable
          data={lists[field].map((one) => ({ value: one.id, label: nameOf(one) }))}
          value={draft[field]}
          onChange={(chosen) => put({ [field]: chosen })}
        />
      ))}
    </SimpleGrid>
  );
}

/** Whom it is for, in words. */
export function useScopeText(): (scoped: Scoped) => string {
  const { t } = useTranslation("outbound");
  const users = useObjects("user").data ?? [];
  const groups = useObjects("group").data ?? [];
  const sites = useObjects("site").data ?? [];
  return (scoped) => {
    const names = [
      ...scoped.users.map((id) => users.find((one) => one.id === id)?.name || id),
      ...scoped.groups.map((id) => groups.find((one) => one.id === id)?.name || id),
      ...scoped.sites.map((id) => sites.find((one) => one.id === id)?.name || id),
    ];
    return names.length ? names.join(", ") : t("everybody");
  };
}

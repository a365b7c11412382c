import { Box, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Stored } from "@/api/objects";
import { useTenant } from "@/api/tenant";
import type { Column } from "@/ui/DataTable";
import { LinkTo } from "@/ui/LinkTo";
import { nameOf } from "@/ui/ObjectSelect";
import { PhoneStatus } from "./PhoneStatus";
import type { Phones } from "./phones";

/** What the list of people shows of each. */
export function useColumns(
  phones: Map<string, Phones>,
  told: boolean,
  sites: Stored<"site">[],
): Column<Stored<"user">>[] {
  const { t } = useTranslation("people");
  const tenant = useTenant();
  return [
    {
      key: "name",
      header: t("name", { ns: "common" }),
      sort: "name",
      render: (user) => (
        <Box>
          <LinkTo to="/t/$tenant/people/$user" params={{ tenant, user: user.id }} fw={600} size="sm">
            {user.name}
          </LinkTo>
          {user.mail && (
            <Text size="xs" c="dimmed" style={{ overflowWrap: "anywhere" }}>
              {user.mail}
            </Text>
          )}
        </Box>
      ),
    },
    {
      key: "extension",
      header: t("extension"),
      sort: "extension",
      render: (user) => (
        <Text size="sm" fw={600}>
          {user.extension}
        </Text>
      ),
    },
    {
      key: "phones",
      header: t("phones"),
      render: (user) => <PhoneStatus phones={phones.get(user.id)} told={told} />,
    },
    {
      key: "site",
      header: t("site"),
      sort: "site",
      wide: true,
      render: (user) => {
        const site = sites.find((one) => one.id === user.site);
        return site ? nameOf(site) : user.site;
      },
    },
    {
      key: "number",
      header: t("shownNumber"),
      wide: true,
      render: (user) => user.number || sites.find((one) => one.id === user.site)?.number || "",
    },
  ];
}

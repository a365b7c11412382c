import { Button, Menu } from "@mantine/core";
import { IconFileSpreadsheet, IconTableExport, IconTableImport } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useMay } from "@/api/session";
import { useTenant } from "@/api/tenant";

/** Everybody as a spreadsheet, out and in. */
export function SheetMenu() {
  const { t } = useTranslation("people");
  const tenant = useTenant();
  const mayWrite = useMay("config.write");
  const sheet = `/api/v1/tenants/${encodeURIComponent(tenant)}/user-sheet`;
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button variant="default" leftSection={<IconFileSpreadsheet size={18} />}>
          {t("sheet")}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {mayWrite && (
          <Menu.Item
            component={Link}
            to={`/t/${tenant}/people/-/import`}
            leftSection={<IconTableImport size={16} />}
          >
            {t("import")}
          </Menu.Item>
        )}
        <Menu.Item component="a" href={`${sheet}?format=xlsx`} leftSection={<IconTableExport size={16} />}>
          {t("exportXlsx")}
        </Menu.Item>
        <Menu.Item component="a" href={`${sheet}?format=csv`} leftSection={<IconTableExport size={16} />}>
          {t("exportCsv")}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

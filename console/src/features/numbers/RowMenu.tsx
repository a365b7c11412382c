import { ActionIcon, Menu } from "@mantine/core";
import { IconDots, IconPencil, IconTrash } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

interface Props {
  name: string;
  onChange: () => void;
  onRemove: () => void;
}

/** What can be done with the object of a row. */
export function RowMenu({ name, onChange, onRemove }: Props) {
  const { t } = useTranslation("numbers");
  return (
    <Menu position="bottom-end" width={200}>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" aria-label={t("manage", { name })}>
          <IconDots size={18} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<IconPencil size={16} />} onClick={onChange}>
          {t("change", { ns: "common" })}
        </Menu.Item>
        <Menu.Item color="red" leftSection={<IconTrash size={16} />} onClick={onRemove}>
          {t("remove", { ns: "common" })}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

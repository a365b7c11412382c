import { CloseButton, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { IconSearch } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

interface Props {
  label: string;
  value: string;
  onChange: (value: string) => void;
}

/** Text to look for; told when the typing pauses. */
export function SearchInput({ label, value, onChange }: Props) {
  const { t } = useTranslation();
  const [text, setText] = useState(value);
  const tell = useDebouncedCallback(onChange, 250);
  const put = (next: string) => {
    setText(next);
    tell(next);
  };
  return (
    <TextInput
      type="search"
      aria-label={label}
      placeholder={label}
      leftSection={<IconSearch size={16} aria-hidden />}
      rightSection={
        text ? <CloseButton size="sm" aria-label={t("clear")} onClick={() => put("")} /> : undefined
      }
      value={text}
      onChange={(event) => put(event.currentTarget.value)}
      maw={360}
      style={{ flexGrow: 1 }}
    />
  );
}

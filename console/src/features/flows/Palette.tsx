import {
  Button,
  Group,
  Modal,
  SimpleGrid,
  Stack,
  Text,
  TextInput,
  ThemeIcon,
  UnstyledButton,
} from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { IconSearch } from "@tabler/icons-react";
import { useState } from "react";
import { exitName, nodeName, type Words } from "./describe";
import { useEditor } from "./editor";
import { freshNode, GROUPS, ICONS } from "./kinds";
import classes from "./Palette.module.css";

/** All types of steps with what each is for; choosing one places it, after an exit where it was opened from one. */
export function Palette({ words }: { words: Words }) {
  const { t } = words;
  const editor = useEditor();
  const phone = useMediaQuery("(max-width: 48em)") ?? false;
  const [wanted, setWanted] = useState("");
  const { adding, doc } = editor;
  const from = adding === true || adding === null ? undefined : adding;
  const source = from ? doc.nodes[from.id] : undefined;
  const close = () => {
    setWanted("");
    editor.openPalette(null);
  };
  const fits = (type: string) =>
    `${t(`node.${type}.name`)} ${t(`node.${type}.hint`)}`.toLowerCase().includes(wanted.trim().toLowerCase());
  return (
    <Modal
      opened={adding !== null}
      onClose={close}
      size="xl"
      fullScreen={phone}
      title={
        source && from ? t("addStepAfter", { exit: exitName(source, from.path, words) }) : t("addStepTitle")
      }
    >
      <Stack gap="lg">
        <TextInput
          aria-label={t("findStep")}
          placeholder={t("findStep")}
          leftSection={<IconSearch size={16} aria-hidden />}
          value={wanted}
          onChange={(event) => setWanted(event.currentTarget.value)}
          data-autofocus
        />
        {GROUPS.map((group) => {
          const types = group.types.filter(fits);
          if (types.length === 0) return null;
          return (
            <section key={group.name} aria-label={t(`group.${group.name}`)}>
              <Text fw={650} size="sm" mb="xs">
                {t(`group.${group.name}`)}
              </Text>
              <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="xs">
                {types.map((type) => {
                  const Icon = ICONS[type];
                  return (
                    <UnstyledButton
                      key={type}
                      className={classes.item}
                      onClick={() => {
                        setWanted("");
                        editor.add(freshNode(type), from);
                      }}
                    >
                      <ThemeIcon variant="light" color={group.color} size={38} radius="md">
                        <Icon size={21} stroke={1.7} />
                      </ThemeIcon>
                      <span>
                        <Text size="sm" fw={600} component="span" display="block">
                          {t(`node.${type}.name`)}
                        </Text>
                        <Text size="xs" c="dimmed" component="span" display="block">
                          {t(`node.${type}.hint`)}
                        </Text>
                      </span>
                    </UnstyledButton>
                  );
                })}
              </SimpleGrid>
            </section>
          );
        })}
        {from && <Existing words={words} join={(id) => join(id)} />}
      </Stack>
    </Modal>
  );

  function join(id: string) {
    if (from) editor.join(from.id, from.path, id);
    close();
  }
}

/** Steps that are there already, for who joins without dragging. */
function Existing({ words, join }: { words: Words; join: (id: string) => void }) {
  const { doc } = useEditor();
  return (
    <section aria-label={words.t("orExisting")}>
      <Text fw={650} size="sm" mb="xs">
        {words.t("orExisting")}
      </Text>
      <Group gap="xs">
        {Object.keys(doc.nodes).map((id) => (
          <Button key={id} size="compact-sm" variant="default" onClick={() => join(id)} maw="100%">
            {nodeName(doc, id, words)}
          </Button>
        ))}
      </Group>
    </section>
  );
}

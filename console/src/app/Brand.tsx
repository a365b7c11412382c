import { Group, Text, VisuallyHidden } from "@mantine/core";

/** The mark and the name. */
export function Brand({ size = 28 }: { size?: number }) {
  return (
    <Group gap={8} wrap="nowrap">
      <img src="/icon.svg" alt="" width={size} height={size} />
      <Text fw={750} size="lg" visibleFrom="xs">
        Centralita
      </Text>
      <VisuallyHidden hiddenFrom="xs">Centralita</VisuallyHidden>
    </Group>
  );
}

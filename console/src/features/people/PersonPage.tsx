import { Button, SimpleGrid, Stack } from "@mantine/core";
import { IconTrash } from "@tabler/icons-react";
import { useNavigate, useParams } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { type Stored, useObject, useObjects } from "@/api/objects";
import { useMay } from "@/api/session";
import { useTenant } from "@/api/tenant";
import { Mailbox, Reaching } from "@/features/personal/Personal";
import { LinkTo } from "@/ui/LinkTo";
import { Loaded } from "@/ui/Loaded";
import { nameOf } from "@/ui/ObjectSelect";
import { Page } from "@/ui/Page";
import { useRemoval } from "@/ui/useRemoval";
import { Access } from "./Access";
import { PersonData } from "./PersonData";
import { PersonPhones } from "./PersonPhones";
import { PersonWays } from "./PersonWays";
import { RecentCalls } from "./RecentCalls";

/** All that concerns one person. */
export function PersonPage() {
  const { t } = useTranslation("people");
  const { user: id } = useParams({ strict: false });
  const query = useObject("user", id);
  return (
    <Loaded query={query}>
      {({ object, etag }) => <Person key={object.id} person={object} etag={etag} back={t("title")} />}
    </Loaded>
  );
}

function Person({ person, etag, back }: { person: Stored<"user">; etag: string; back: string }) {
  const { t } = useTranslation("people");
  const tenant = useTenant();
  const mayWrite = useMay("config.write");
  const sites = useObjects("site").data ?? [];
  const site = sites.find((one) => one.id === person.site);
  const where = t("personIntro", {
    extension: person.extension ?? "",
    site: site ? nameOf(site) : person.site,
  });
  return (
    <Page
      title={person.name}
      intro={
        <>
          <LinkTo to="/t/$tenant/people" params={{ tenant }} size="sm" underline="always">
            {back}
          </LinkTo>
          {" · "}
          {where}
        </>
      }
      actions={mayWrite && <RemovePerson person={person} />}
    >
      <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="lg" style={{ alignItems: "start" }}>
        <Stack gap="lg" style={{ minWidth: 0 }}>
          <PersonData key={etag} person={person} etag={etag} />
          <Reaching user={person.id} mayWrite={mayWrite} />
        </Stack>
        <Stack gap="lg" style={{ minWidth: 0 }}>
          <PersonPhones person={person} />
          <PersonWays person={person} />
          <Access person={person} />
          <Mailbox user={person.id} mayWrite={mayWrite} />
        </Stack>
      </SimpleGrid>
      <RecentCalls person={person} />
    </Page>
  );
}

function RemovePerson({ person }: { person: Stored<"user"> }) {
  const { t } = useTranslation("people");
  const tenant = useTenant();
  const navigate = useNavigate();
  const devices = useObjects("device", { filter: [`user:${person.id}`] }).data ?? [];
  const remove = useRemoval("user");
  return (
    <Button
      variant="subtle"
      color="red"
      leftSection={<IconTrash size={18} />}
      onClick={() =>
        remove({
          id: person.id,
          name: person.name,
          withDevices: true,
          goes: devices.map((device) =>
            t("goesPhone", { name: device.name || device.username || device.id }),
          ),
          onRemoved: () => void navigate({ to: "/t/$tenant/people", params: { tenant } }),
        })
      }
    >
      {t("removePerson")}
    </Button>
  );
}

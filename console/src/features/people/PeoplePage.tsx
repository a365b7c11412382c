import { Button, Group, Select } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconUserPlus, IconUsers } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useLive } from "@/api/board";
import { useObjectPages, useObjects } from "@/api/objects";
import { useMay } from "@/api/session";
import { useTenant } from "@/api/tenant";
import { DataTable } from "@/ui/DataTable";
import { EmptyState } from "@/ui/EmptyState";
import { Loaded } from "@/ui/Loaded";
import { nameOf } from "@/ui/ObjectSelect";
import { Page } from "@/ui/Page";
import { SearchInput } from "@/ui/SearchInput";
import { AddPerson } from "./AddPerson";
import { useColumns } from "./columns";
import { known, phonesByUser } from "./phones";
import { Services } from "./Services";
import { SheetMenu } from "./SheetMenu";

/** Everybody who has an extension, and whether their telephones can be rung. */
export function PeoplePage() {
  const { t } = useTranslation("people");
  const mayWrite = useMay("config.write");
  const [search, setSearch] = useState("");
  const [site, setSite] = useState<string | null>(null);
  const [sort, setSort] = useState("extension");
  const [adding, { open, close }] = useDisclosure(false);
  const sites = useObjects("site").data ?? [];
  const people = useObjectPages("user", { q: search, sort, ...(site ? { filter: [`site:${site}`] } : {}) });
  const devices = useObjects("device").data ?? [];
  const { board } = useLive(useTenant());
  const columns = useColumns(phonesByUser(devices, board), known(board), sites);
  const add = mayWrite && (
    <Button leftSection={<IconUserPlus size={18} />} onClick={open}>
      {t("add")}
    </Button>
  );
  const narrowed = Boolean(search || site);
  return (
    <Page
      title={t("title")}
      intro={t("intro")}
      actions={
        <>
          <SheetMenu />
          {add}
        </>
      }
    >
      <Group>
        <SearchInput label={t("search")} value={search} onChange={setSearch} />
        {sites.length > 1 && (
          <Select
            aria-label={t("site")}
            placeholder={t("everySite")}
            clearable
            data={sites.map((one) => ({ value: one.id, label: nameOf(one) }))}
            value={site}
            onChange={setSite}
          />
        )}
      </Group>
      <Loaded query={people}>
        {({ pages }) => (
          <DataTable
            label={t("title")}
            columns={columns}
            rows={pages.flatMap((page) => page.items)}
            rowKey={(user) => user.id}
            sort={sort}
            onSort={setSort}
            more={{
              has: people.hasNextPage,
              loading: people.isFetchingNextPage,
              load: () => void people.fetchNextPage(),
            }}
            empty={
              !narrowed && (
                <EmptyState icon={IconUsers} title={t("emptyTitle")} action={add}>
                  {t("empty")}
                </EmptyState>
              )
            }
          />
        )}
      </Loaded>
      <Services />
      <AddPerson opened={adding} onClose={close} />
    </Page>
  );
}

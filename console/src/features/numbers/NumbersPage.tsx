import { useTranslation } from "react-i18next";
import { useObjects } from "@/api/objects";
import { Loaded } from "@/ui/Loaded";
import { Page } from "@/ui/Page";
import { Numbers } from "./Numbers";
import { Trunks } from "./Trunks";

/** The company's numbers, where calls to them go, and the connections that bring them. */
export function NumbersPage() {
  const { t } = useTranslation("numbers");
  const trunks = useObjects("trunk");
  const numbers = useObjects("number", { sort: "number" });
  return (
    <Page title={t("title")} intro={t("intro")}>
      <Loaded query={trunks}>
        {(allTrunks) => (
          <>
            <Loaded query={numbers}>{(all) => <Numbers numbers={all} trunks={allTrunks} />}</Loaded>
            <Trunks trunks={allTrunks} />
          </>
        )}
      </Loaded>
    </Page>
  );
}

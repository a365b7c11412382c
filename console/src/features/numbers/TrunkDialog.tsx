import { Modal } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { type Stored, useChange } from "@/api/objects";
import { nameOf } from "@/ui/ObjectSelect";
import { useSaved } from "@/ui/saved";
import { TrunkForm } from "./TrunkForm";
import { fieldsOf, type TrunkValues, valuesOf } from "./trunkForm";

/** Change a trunk. Its password stays where none is written. */
export function TrunkDialog({ trunk, onClose }: { trunk: Stored<"trunk">; onClose: () => void }) {
  const { t } = useTranslation("numbers");
  const change = useChange("trunk");
  const saved = useSaved();
  const submit = async (values: TrunkValues) => {
    saved(await change.mutateAsync({ id: trunk.id, fields: fieldsOf(values) }));
    onClose();
  };
  return (
    <Modal opened onClose={onClose} title={t("changeTrunk", { name: nameOf(trunk) })} size="lg">
      <TrunkForm
        initial={valuesOf(trunk, false)}
        hasPassword={trunk.register === true}
        submitLabel={t("save", { ns: "common" })}
        onSubmit={submit}
        error={change.error}
        pending={change.isPending}
      />
    </Modal>
  );
}

import { useMutation } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { useCreate } from "@/api/objects";
import { useTenant } from "@/api/tenant";
import { useInvite } from "@/features/accounts/accounts";
import { useTellLink } from "@/features/accounts/LinkShown";
import { notifyProblem, useSaved } from "@/ui/saved";
import { useAddPhone } from "./useAddPhone";

export interface PersonWanted {
  name: string;
  mail: string;
  site: string;
  extension: string;
  /** Make a telephone with it. */
  phone: boolean;
  /** Invite them to the console. */
  invite: boolean;
}

/** Make a person and what goes with them. Once there is a person the form is done; what fails after that is told. */
export function useAddPerson(onDone: () => void) {
  const { t, i18n } = useTranslation("people");
  const tenant = useTenant();
  const create = useCreate("user");
  const invite = useInvite();
  const tellLink = useTellLink();
  const saved = useSaved();
  const addPhone = useAddPhone();

  const run = useMutation({
    mutationFn: async (wanted: PersonWanted) => {
      const { name, mail, site, extension } = wanted;
      const made = await create.mutateAsync({
        name: name.trim(),
        mail: mail.trim(),
        site,
        ...(extension ? { extension } : {}),
      });
      onDone();
      if (wanted.invite) {
        await invite
          .mutateAsync({
            login: mail.trim(),
            name: name.trim(),
            role: "user",
            tenant,
            user: made.object.id,
            queues: [],
            language: i18n.language === "en" ? "en" : "es",
          })
          .then((account) => tellLink(account.link, account.login), notifyProblem);
      }
      if (wanted.phone) {
        await addPhone(made.object, t("phoneOf", { name: made.object.name })).catch(notifyProblem);
      } else {
        saved(made);
      }
    },
  });
  return { add: run.mutateAsync, error: run.error, pending: run.isPending };
}

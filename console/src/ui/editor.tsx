/**
 * The page on which one object of the configuration is written: a draft of it, what is wrong with it at the fields, saving against what
 * was seen, and a question before unsaved changes are left.
 */
import { Button, Group, Modal, Paper, Stack, Text } from "@mantine/core";
import { useBlocker, useNavigate, useParams } from "@tanstack/react-router";
import { type ComponentType, type ReactNode, type RefObject, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import {
  type Changed,
  type Kind,
  type Kinds,
  type Stored,
  useCreate,
  useObject,
  useReplace,
} from "@/api/objects";
import { useMay } from "@/api/session";
import { useTenant } from "@/api/tenant";
import { formErrors } from "./formErrors";
import { LinkTo } from "./LinkTo";
import { Loaded } from "./Loaded";
import { Page } from "./Page";
import { ProblemAlert } from "./ProblemAlert";
import { useSaved } from "./saved";
import { useRemoval } from "./useRemoval";

export interface Editor<T> {
  draft: T;
  /** Change some fields of the draft. */
  put: (fields: Partial<T>) => void;
  dirty: boolean;
  /** What is wrong with a field, by its dotted path: of what was sent last. */
  errorOf: (field: string) => ReactNode;
  error: unknown;
  saving: boolean;
  /** True as soon as the draft is kept, or the object gone: nothing is lost by leaving then. */
  left: RefObject<boolean>;
  save: () => void;
}

/** One object as it was read, with its ETag. */
export interface Seen<K extends Kind> {
  object: Stored<K>;
  etag: string;
}

/** The form of the object that the page's address names; of a new one where it says "new". */
export function Edited<K extends Kind>({
  kind,
  form: Form,
}: {
  kind: K;
  form: ComponentType<{ stored: Seen<K> | null }>;
}) {
  const { id } = useParams({ strict: false });
  const known = id === "new" ? undefined : id;
  const query = useObject(kind, known);
  if (known === undefined) return <Form stored={null} />;
  return <Loaded query={query}>{(stored) => <Form key={known} stored={stored} />}</Loaded>;
}

type Draft<K extends Kind> = Omit<Kinds[K], "id" | "kind">;

interface Wanted<K extends Kind> {
  kind: K;
  /** What is there, with its ETag; null: it is made. */
  stored: Seen<K> | null;
  /** Of a new one. */
  initial: Draft<K>;
  /** The draft as it is sent; as it is where nothing is said. */
  sent?: (draft: Draft<K>) => Draft<K>;
  /** The list that one goes back to when it is kept, below the company's address: `hours`. */
  back: string;
}

/** A draft of anything; `save` is told it. */
export function useDraft<T extends object>(begun: T) {
  const first = useRef(begun);
  const [draft, setDraft] = useState(begun);
  const dirty = useMemo(() => JSON.stringify(draft) !== JSON.stringify(first.current), [draft]);
  const left = useRef(false);
  return {
    draft,
    dirty,
    left,
    put: (fields: Partial<T>) => setDraft((before) => ({ ...before, ...fields })),
  };
}

/** The draft of one object. The whole of it is sent: what is taken away in it is gone. */
export function useEditor<K extends Kind>({
  kind,
  stored,
  initial,
  sent,
  back,
}: Wanted<K>): Editor<Draft<K>> {
  const { draft, dirty, left, put } = useDraft<Draft<K>>(
    stored
      ? (({ id: _id, kind: _kind, ...fields }) => fields as unknown as Draft<K>)(stored.object)
      : initial,
  );
  const create = useCreate(kind);
  const replace = useReplace(kind);
  const saved = useSaved();
  const tenant = useTenant();
  const navigate = useNavigate();
  const done = (changed: Changed<K>) => {
    left.current = true;
    saved(changed);
    void navigate({ to: `/t/${tenant}/${back}` });
  };
  const save = () => {
    const fields = sent ? sent(draft) : draft;
    if (stored === null) create.mutate(fields as Partial<Kinds[K]>, { onSuccess: done });
    else {
      const object = { ...fields, kind, id: stored.object.id } as unknown as Kinds[K];
      replace.mutate({ id: stored.object.id, object, etag: stored.etag }, { onSuccess: done });
    }
  };
  const error = stored === null ? create.error : replace.error;
  const errors = formErrors(error);
  return {
    draft,
    put,
    dirty,
    left,
    errorOf: (field) => errors[field],
    error,
    saving: create.isPending || replace.isPending,
    save,
  };
}

interface FrameProps {
  title: string;
  intro?: ReactNode;
  /** The list that the object stands in, below the company's address: `hours`. */
  back: string;
  backLabel: string;
  editor: Pick<Editor<object>, "dirty" | "left" | "error" | "saving" | "save">;
  /** What is there already and can be removed. */
  removable?: { kind: Kind; id: string; name: string } | undefined;
  children: ReactNode;
}

/** What stands around the fields: the way back, the errors, and saving. Who may not change anything only looks. */
export function EditorFrame({ title, intro, back, backLabel, editor, removable, children }: FrameProps) {
  const { t } = useTranslation();
  const tenant = useTenant();
  const navigate = useNavigate();
  const may = useMay("config.write");
  const removal = useRemoval(removable?.kind ?? "prompt");
  const list = `/t/${tenant}/${back}`;
  return (
    <Page
      title={title}
      intro={intro}
      actions={
        may &&
        removable && (
          <Button
            variant="subtle"
            color="red"
            onClick={() =>
              removal({
                id: removable.id,
                name: removable.name,
                onRemoved: () => {
                  editor.left.current = true;
                  void navigate({ to: list });
                },
              })
            }
          >
            {t("remove")}
          </Button>
        )
      }
    >
      <Text size="sm" mt={-12}>
        <LinkTo to={list}>← {backLabel}</LinkTo>
      </Text>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          editor.save();
        }}
      >
        <fieldset disabled={!may} style={{ border: 0, padding: 0, margin: 0, minWidth: 0 }}>
          <Stack gap="lg">
            {children}
            <ProblemAlert error={editor.error} />
            {may && (
              <Group>
                <Button type="submit" loading={editor.saving}>
                  {t("save")}
                </Button>
                <Button variant="default" onClick={() => void navigate({ to: list })}>
                  {t("cancel")}
                </Button>
              </Group>
            )}
          </Stack>
        </fieldset>
      </form>
      <Leaving when={() => editor.dirty && !editor.left.current} />
    </Page>
  );
}

function Leaving({ when }: { when: () => boolean }) {
  const { t } = useTranslation();
  const blocker = useBlocker({ shouldBlockFn: when, enableBeforeUnload: when, withResolver: true });
  const blocked = blocker.status === "blocked";
  return (
    <Modal
      opened={blocked}
      onClose={() => blocked && blocker.reset()}
      title={t("leaveQuestion")}
      closeButtonProps={{ "aria-label": t("close") }}
    >
      <Text size="sm">{t("leaveHint")}</Text>
      <Group justify="flex-end" mt="md">
        <Button variant="default" onClick={() => blocked && blocker.reset()}>
          {t("stay")}
        </Button>
        <Button color="red" onClick={() => blocked && blocker.proceed()}>
          {t("leave")}
        </Button>
      </Group>
    </Modal>
  );
}

/** A part of a page, under a heading of its own. */
export function Section({
  title,
  hint,
  actions,
  children,
}: {
  title: string;
  hint?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
}) {
  return (
    <Paper component="section" withBorder p={{ base: "md", sm: "lg" }} aria-label={title}>
      <Stack gap="md">
        <Group justify="space-between" align="flex-start" gap="sm">
          <div style={{ flex: "1 1 14rem" }}>
            <Text component="h2" fw={650} size="lg" m={0}>
              {title}
            </Text>
            {hint && (
              <Text size="sm" c="dimmed" mt={2} maw="46rem">
                {hint}
              </Text>
            )}
          </div>
          {actions}
        </Group>
        {children}
      </Stack>
    </Paper>
  );
}

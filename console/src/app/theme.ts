import { type CSSVariablesResolver, createTheme, type MantineColorsTuple } from "@mantine/core";
import i18next from "i18next";

/** The blue-green of the tiles on an Andalusian wall. */
const azulejo: MantineColorsTuple = [
  "#e6f6fa",
  "#d3e8ef",
  "#a7cfdd",
  "#77b5cb",
  "#519fbb",
  "#3991b2",
  "#298aae",
  "#1a779a",
  "#066a8b",
  "#005b79",
];

/** A lamp that is lit. */
const lamp: MantineColorsTuple = [
  "#fff3e2",
  "#ffe7cd",
  "#fbcd9d",
  "#f7b168",
  "#f49a3c",
  "#f28b20",
  "#f18410",
  "#d77103",
  "#bf6400",
  "#a75500",
];

export const theme = createTheme({
  primaryColor: "azulejo",
  primaryShade: { light: 8, dark: 7 },
  colors: { azulejo, lamp },
  autoContrast: true,
  // Above this black is easier to read than white (WCAG 2.2, 1.4.3): on a lamp and on teal.
  luminanceThreshold: 0.19,
  defaultRadius: "md",
  fontFamily: "'Inter Variable', system-ui, sans-serif",
  headings: { fontFamily: "'Inter Variable', system-ui, sans-serif", fontWeight: "650" },
  cursorType: "pointer",
  respectReducedMotion: true,
  components: {
    // What the library's own buttons are called, in the language that is spoken when they are drawn.
    Modal: { defaultProps: () => ({ closeButtonProps: { "aria-label": i18next.t("close") } }) },
    Notification: { defaultProps: () => ({ closeButtonProps: { "aria-label": i18next.t("close") } }) },
    PasswordInput: {
      defaultProps: () => ({ visibilityToggleButtonProps: { "aria-label": i18next.t("showPassword") } }),
    },
  },
});

/** Quiet text that can still be read: at least 4.5 to 1 on every ground that we use (WCAG 2.2, 1.4.3). */
export const readable: CSSVariablesResolver = ({ colors }) => ({
  variables: {},
  light: {
    "--mantine-color-dimmed": colors.gray[7],
    "--mantine-color-placeholder": colors.gray[7],
    "--mantine-color-error": colors.red[9],
    // Grounds of messages: a shade lighter than usual, for their titles to stand out.
    "--mantine-color-lamp-light": lamp[0],
    "--mantine-color-teal-light": colors.teal[0],
  },
  dark: {
    "--mantine-color-dimmed": colors.dark[1],
    "--mantine-color-placeholder": colors.dark[1],
    "--mantine-color-error": colors.red[4],
  },
});

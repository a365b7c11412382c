export const TABS = ["calls", "messages", "forward", "mailbox", "devices", "block"] as const;
export type Tab = (typeof TABS)[number];

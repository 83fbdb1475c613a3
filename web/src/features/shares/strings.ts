import { plural } from "../../ui/format.ts";

/** The words of the page that lists what this browser keeps. */
export const strings = {
  title: "My shares",
  pageTitle: "My shares · Shoal",
  lead: "What this browser shares, fetches and keeps. Nobody else sees this list.",
  reading: "Looking…",
  none: "Nothing is kept here.",
  noneWhy:
    "What you share or fetch in this browser is listed here for three days after its last use.",
  failed: "This browser keeps nothing for this page.",
  failedWhy: "Private windows and blocked site data leave it no room. Open it in a normal window.",
  home: "Share something",
  taken: (bytes: string) => `${bytes} of this device are taken.`,
  files: (count: number) => plural(count, "file", "files"),
  states: {
    open: "open in a tab",
    ended: "you’ve ended it",
    resting: "yours; it rests until you go on",
    all: "fetched, all of it",
    part: (percent: string) => `fetched, ${percent}`,
    nothing: "nothing fetched yet",
  },
  keptUntil: (date: string) => `kept until ${date}`,
  open: "Open",
  openLabel: (name: string) => `Open ${name}`,
  remove: "Remove",
  removeLabel: (name: string) => `Remove ${name}`,
  removeDialog: {
    receiver: (name: string) => ({
      title: `Remove “${name}”?`,
      sentence:
        "What was fetched is removed from this browser’s own storage. What you have saved elsewhere stays there.",
      confirm: "Remove it",
      cancel: "Keep it",
    }),
    sharer: (name: string) => ({
      title: `Forget “${name}”?`,
      sentence:
        "Your files stay where they are, but nobody can go on sharing them under this link from here. The link lives on with people who have all of it.",
      confirm: "Forget it",
      cancel: "Keep it",
    }),
  },
} as const;

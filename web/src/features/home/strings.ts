import { plural } from "../../ui/format.ts";

/** The home page's words. */
export const strings = {
  title: "Drop files. Send the link.",
  lead: "They go straight from your browser to the others’, and everyone who opens the link helps to pass them on.",
  chooseFiles: "Choose files",
  chooseFolder: "Choose folder",
  hint: "or drop them anywhere on this page, or paste them. Just a few words?",
  note: {
    write: "Write a note",
    label: "Your note",
    share: "Share the note",
    cancel: "Cancel",
    fileName: "note.txt",
  },
  letGo: "Let go to share",
  reading: (files: number) =>
    files === 0 ? "Reading…" : `Reading… ${plural(files, "file", "files")}`,
  linkLabel: "Got a link?",
  linkPlaceholder: "Paste a Shoal link",
  linkOpen: "Open",
  facts: [
    {
      title: "Nothing is uploaded",
      sentence:
        "The server introduces browsers to each other. It never sees a file, its name or its key.",
    },
    {
      title: "Faster with more people",
      sentence: "Whoever has a piece passes it on, so a share speeds up as people join.",
    },
    {
      title: "Any size, checked",
      sentence: "The link is there at once. Every piece is verified before it counts as yours.",
    },
  ],
  troubles: {
    "nothing-to-share": {
      title: "There’s no file in that.",
      action: "Choose a file, or a folder that has files in it.",
    },
    "not-a-link": {
      title: "That isn’t a whole Shoal link.",
      action: "Copy all of it again, with everything after the # sign.",
    },
    unreadable: {
      title: "The browser couldn’t read all of that, so nothing was shared.",
      action: "Check that the files are still there and that you may open them, then try again.",
    },
  },
} as const;

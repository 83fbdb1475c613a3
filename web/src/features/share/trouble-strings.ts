import { LIMITS } from "@shoal/swarm/limits";
import { formatBytes, formatCount } from "../../ui/format.ts";

/** What is said of every error: its name, what happened, and one thing to do. */
export const troubleStrings = {
  "link-damaged": {
    title: "This link is damaged",
    sentence: "A part of it is missing or mistyped.",
    action: "Copy the whole link again, up to its last letter, and open that.",
  },
  "link-newer": {
    title: "This link needs a newer Shoal",
    sentence: "It was made by a newer version than this page is.",
    action: "Load the newest version",
  },
  "insecure-context": {
    title: "This page isn’t on a secure connection",
    sentence:
      "Browsers allow the encryption that Shoal needs only over https, or on the machine itself.",
    action:
      "Open Shoal by an address that starts with https://. On the machine that serves it, http://localhost works too.",
  },
  "no-webrtc": {
    title: "This browser doesn’t connect to others",
    sentence: "WebRTC, by which browsers reach each other, is missing or switched off.",
    action:
      "Allow WebRTC in the settings or the extension that blocks it, or use a current Chrome, Edge, Firefox or Safari.",
  },
  "no-ed25519": {
    title: "This browser is too old for Shoal",
    sentence: "It lacks the keys that shares are signed with (Ed25519 and X25519).",
    action: "Update it, or use a current Chrome, Edge, Firefox or Safari.",
  },
  "no-opfs": {
    title: "This window can’t keep files",
    sentence:
      "An older browser, a private window or blocked site data leaves a page no storage for files.",
    action:
      "Open the same address in a normal window of a current browser, with site data allowed.",
  },
  "no-space": {
    title: "Not enough space",
    sentence:
      "The browser has too little storage left for this share. Free some on this device first.",
    action: "Try again",
  },
  "storage-failed": {
    title: "The browser’s storage failed",
    sentence: "Reading or writing files didn’t work. Often a full disk is why.",
    action: "Try again",
  },
  "source-changed": {
    title: "A file changed while it was shared",
    sentence: "What was promised by the link is no longer there, so the share has ended.",
    action: "Share it again",
    receiverAction: "Ask whoever sent the link for a new one.",
  },
  "second-tab": {
    title: "This share is open in another tab",
    sentence:
      "A browser has it in one tab at a time. If that tab is the one that shares it, keep it open.",
    action: "Go on in that tab, or close it: then this page goes on by itself.",
  },
  contradiction: {
    title: "This share can’t be trusted",
    sentence:
      "Whoever made it signed two different contents for the same place. Nothing more is fetched.",
    action: "Don’t use what came from it. Ask for a new link from someone you trust.",
  },
  "manifest-refused": {
    title: "This share breaks the rules",
    sentence: "Its list of files has names or sizes that Shoal refuses.",
    action: "Ask whoever sent the link to share the files again.",
  },
  "nothing-to-share": {
    title: "There’s no file in that",
    sentence: "An empty folder has nothing to share.",
    action: "Choose something else",
  },
  "too-large": {
    title: "Too much for one share",
    sentence: `A share holds up to ${formatCount(LIMITS.fileCount)} files and ${formatBytes(LIMITS.shareBytes)}, in folders up to ${LIMITS.pathDepth} deep.`,
    action: "Choose less",
  },
  internal: {
    title: "Something broke, and it’s our fault",
    sentence: "Shoal ran into a defect of its own.",
    action: "Load the page again",
  },
} as const;

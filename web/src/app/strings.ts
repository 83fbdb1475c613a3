/** The app's words that belong to no feature. */
export const strings = {
  homeLabel: "Shoal, home",
  tagline: "browser to browser",
  leave: {
    sharer: {
      title: "Stop sharing and leave?",
      sentence:
        "Your part of this share ends when you leave this page. People who have all the files keep passing them on.",
      confirm: "Leave",
      cancel: "Keep sharing",
    },
    keptSharer: {
      title: "Leave while you share?",
      sentence:
        "The share rests while its page is closed. Open its link here within three days, and it goes on with the same files. People who have all of them keep passing them on.",
      confirm: "Leave",
      cancel: "Keep sharing",
    },
    receiver: {
      title: "Leave while it downloads?",
      sentence:
        "What has been fetched stays in this browser for three days: open the link again, and it goes on.",
      confirm: "Leave",
      cancel: "Stay here",
    },
  },
  shares: "My shares",
  check: "Check the connection",
  footer: "Files go from browser to browser. The server only introduces them.",
} as const;

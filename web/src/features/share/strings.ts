import { formatCount, plural } from "../../ui/format.ts";

/** The words of a share's page, for the one who made it and for those who open it. */
export const strings = {
  files: (count: number) => plural(count, "file", "files"),
  people: (count: number) => plural(count, "person", "people"),
  unnamed: "A share",
  pageTitle: (name: string) => `${name} · Shoal`,
  pageTitleProgress: (percent: string, name: string) => `${percent} · ${name} · Shoal`,

  link: {
    sharerTitle: "Send this link",
    receiverTitle: "Pass it on",
    label: "Link of this share",
    making: "Making the link…",
    copy: "Copy link",
    copied: "Copied",
    copyByHand: "It’s selected: copy it with your keyboard or menu.",
    share: "Share…",
    qr: "QR code of the link",
    qrHint: "Scan to open on a phone",
    qrShow: "Show as QR code",
  },

  sharing: {
    status: "Sharing",
    stop: "Stop sharing",
    sent: (bytes: string) => `${bytes} sent`,
    upload: (speed: string) => `${speed} up`,
    keepOpen: "Keep this tab open",
    keepOpenWhy: "Nobody else has all of it yet.",
    keepOpenAlone: "Files leave from here once someone opens the link.",
    copies: (count: number) => plural(count, "full copy is out", "full copies are out"),
    copiesWhy: "You can close this tab: the link works as long as one of them is here.",
  },
  stopDialog: {
    title: "End this share for everyone?",
    sentence:
      "The link stops working, also for people who are still fetching. What they have stays with them.",
    confirm: "End the share",
    cancel: "Keep sharing",
  },

  resting: {
    status: "Resting",
    why: "You made this share in this browser. While its page is closed nobody gets anything from you; the link stays the same.",
    known: "Go on, and allow the browser to read the files once more.",
    choose:
      "Choose the same files again, or drop them here. They are checked before anything is sent.",
    letGo: "Let go to go on sharing",
    goOn: "Go on sharing",
    chooseFiles: "Choose the same files",
    chooseFolder: "Choose the same folder",
    checking: (percent: string) => `Checking that they are the same… ${percent}`,
    fetchInstead: "Fetch them from others instead",
    end: "End the share",
    linkTitle: "The link of your share",
  },
  refusals: {
    missing: {
      title: (name: string) => `“${name}” isn’t among these.`,
      action:
        "Choose all files of the share, under the same names. The share goes on once they are there.",
    },
    "other-size": {
      title: (name: string) => `“${name}” has another size than when it was shared.`,
      action: "Choose the files as they were. To share them as they are now, make a new share.",
    },
    "other-content": {
      title: (name: string) => `“${name}” isn’t what was shared.`,
      action: "Choose the files as they were. To share them as they are now, make a new share.",
    },
    unreadable: {
      title: () => "The browser couldn’t read all of that.",
      action: "Check that the files are still there and that you may open them, then try again.",
    },
    "not-allowed": {
      title: (name: string) => `The browser may not read “${name}”.`,
      action: "Press the button again and allow it, or choose the same files.",
    },
    "none-match": {
      title: (name: string) => `“${name}” is no file of this share.`,
      action: "Choose files with the names and sizes that are listed here.",
    },
  },
  ownCopy: {
    offer: "Have these files already? Drop them here or",
    choose: "choose them",
    or: "or",
    chooseFolder: "choose their folder",
    letGo: "Let go: what matches needn’t be fetched",
    comparing: (done: number, all: number) =>
      `Checking your copy: ${formatCount(done)} of ${plural(all, "piece", "pieces")}`,
    noHashes: "Your copy can be checked as soon as someone is here who knows how.",
    allMatch: "Your copy is the same, piece by piece.",
    differ: (count: number, all: number) =>
      count === 1
        ? `1 of ${plural(all, "piece", "pieces")} of your copy differs; it comes from others.`
        : `${formatCount(count)} of ${plural(all, "piece", "pieces")} of your copy differ; they come from others.`,
  },

  discardDialog: {
    title: "Delete what was fetched?",
    sentence:
      "It is removed from this browser’s own storage. What you have saved elsewhere stays there.",
    confirm: "Delete it",
    cancel: "Keep it",
  },

  receive: {
    connectingStatus: "Connecting",
    connecting: "Finding the share",
    connectingNobody: "Asking the server who is here.",
    connectingSome: (count: number) =>
      count === 1
        ? "Found one person. Connecting…"
        : `Found ${formatCount(count)} people. Connecting…`,
    lockedStatus: "Locked",
    locked: "This share asks for a password",
    lockedWhy: "This version of Shoal can’t ask for it yet.",
    ready: "Ready to download",
    download: "Download",
    downloadRest: "Download the rest",
    downloadLater: "Download when someone comes",
    downloadRestLater: "Go on when someone comes",
    downloading: "Downloading",
    comparing: "Checking your copy",
    paused: "Paused",
    pause: "Pause",
    resume: "Go on",
    stop: "Stop",
    stopHelping: "Stop helping",
    done: "All there, every piece checked",
    save: "Save",
    saveZip: "Save all as ZIP",
    saving: "Saving…",
    saveFile: (name: string) => `Save ${name}`,
    helpingNone: "Keep this tab open to pass it on to whoever comes next.",
    helping: (people: string) =>
      `You’re now helping ${people}. Keep this tab open as long as you like.`,
    tell: "Tell me when it’s done",
    willTell: "The browser will tell you when it’s done.",
    mayNotTell: "The browser doesn’t let this page tell you. Its settings can change that.",
    helped: (bytes: string) => `${bytes} passed on`,
    progress: "Downloaded and checked",
    of: (part: string, whole: string) => `${part} of ${whole}`,
    left: (duration: string) => `${duration} left`,
    leftUnknown: "working out the time left",
    leftSoon: "a few seconds left",
  },

  room: {
    needs: (bytes: string) => `Takes up to ${bytes} on this device, the saved copy included.`,
    tooMuch: (needed: string, free: string | null) =>
      `It takes up to ${needed} here, the saved copy included, and the browser has ${free === null ? "too little room" : `room for ${free}`}.`,
    tooSmall: "It may not fit. Free some space first, or try it: a full disk loses nothing.",
    noZip: "A ZIP of all files may not fit beside them: then save them one by one.",
    noZipButFolder: "A ZIP of all files may not fit beside them: then save them to a folder.",
    inMemory: (most: string | null) =>
      `This looks like a private window: it keeps files in memory${most === null ? "" : `, about ${most} at most`}, and forgets them when it is closed.`,
    tooSmallInMemory: "This share may not fit: open the link in a normal window.",
  },

  saveTo: {
    folder: "Save to a folder…",
    file: "Save as…",
    looking: (place: string) => `Looking at what is in “${place}”…`,
    writing: (place: string, part: string, whole: string) =>
      `Writing to “${place}”: ${part} of ${whole}`,
    cancel: "Cancel",
    doneFile: (place: string) => `Saved as “${place}”.`,
    done: (files: string, place: string) => `${files} saved in “${place}”.`,
    skipped: (files: string) => `${files} left out.`,
    failed: {
      denied: {
        title: "The browser may not write there.",
        sentence: "Allow it when it asks, or take another place.",
        action: "Choose again",
      },
      full: {
        title: "There’s no room left at that place.",
        sentence: "What is written stays. Free some space first.",
        action: "Go on",
      },
      locked: {
        title: "A file there is in use.",
        sentence: "Close it in the other program first.",
        action: "Try again",
      },
      gone: {
        title: "That place isn’t there any more.",
        sentence: "It was moved, deleted or unplugged.",
        action: "Choose again",
      },
      refused: {
        title: "The browser won’t write this file there.",
        sentence: "It refuses names and kinds that it holds for dangerous.",
        action: "Go on without it",
      },
      "source-failed": {
        title: "Reading this browser’s own copy failed.",
        sentence: "Nothing at that place is half written.",
        action: "Try again",
      },
      failed: {
        title: "Writing didn’t work.",
        sentence: "Nothing at that place is half written.",
        action: "Try again",
      },
    },
  },
  conflict: {
    title: (name: string) => `“${name}” is already there`,
    sentence: "There is a file of that name at that place.",
    sentenceIn: (folder: string) => `There is a file of that name in “${folder}”.`,
    forAll: "Do the same with all others",
    replace: "Replace it",
    keepBoth: "Keep both",
    skip: "Skip",
    cancel: "Stop saving",
  },

  waiting: {
    unknown: {
      status: "Waiting",
      title: "Nobody with these files is here",
      sentence:
        "Files come from people’s browsers. This page goes on by itself as soon as someone comes.",
      action: "Keep it open, and ask whoever sent the link to open it too.",
    },
    known: {
      status: "Waiting",
      title: "Nobody here has what’s missing",
      sentence: "It goes on by itself as soon as someone comes who has it.",
      action: "Keep this page open, or ask whoever sent the link to open it too.",
    },
    /** The server tells of others, but none is connected. */
    unreachedUnknown: {
      status: "Waiting",
      title: "Someone is here, but no connection came about",
      sentence: "It is tried again.",
      action: "Another network at either end may help.",
    },
    unreachedKnown: {
      status: "Waiting",
      title: "No connection to anyone who has what’s missing",
      sentence: "It is tried again, and goes on by itself as soon as one comes about.",
      action:
        "Keep this page open, and ask whoever sent the link to do the same. Another network at either end may help.",
    },
  },

  ended: {
    status: "Ended",
    bySharer: {
      title: "This share has ended",
      sentence: "Whoever shared it has ended it. What is here stays for three days.",
      action: "Share something yourself",
    },
    byYou: {
      title: "You’ve stopped",
      sentence:
        "This page neither fetches nor passes on any more. What it has stays in this browser for three days.",
      action: "Go on",
    },
    discard: "Delete it from this browser",
    own: {
      title: "You’ve ended this share",
      sentence: "Its link no longer works. What people have fetched stays with them.",
      action: "Share something else",
    },
  },

  failedStatus: "Stopped",

  peers: {
    title: "Who is here",
    none: "Nobody else yet",
    more: (count: number) => `${formatCount(count)} more not connected to this page`,
    directOnly:
      "This server has no relay: only people whose networks let them reach each other directly can connect.",
    sharer: "sharer",
    relayed: "relayed",
    direct: "direct",
    way: {
      relayed: "Reached through the server’s relay",
      direct: "Reached directly, with nothing in between",
    },
    has: "has",
    all: "all of it",
    from: "from them at",
    to: "to them at",
  },

  traffic: {
    title: "Pieces",
    most: {
      down: (speed: string) => `up to ${speed} in the last minute`,
      up: (speed: string) => `sent at up to ${speed} in the last minute`,
    },
    map: (here: string, there: string) => `Pieces: ${here} here, ${there} with people who are here`,
    mapOut: (out: string) => `Pieces: ${out} with others`,
    keyHere: "here",
    keyThere: "with others",
    keyOut: "with others",
  },
  uploadLimit: {
    label: "Upload limit",
    none: "none",
  },

  fileList: {
    title: "Files",
    complete: "complete",
  },

  viewer: {
    open: "Open",
    openFile: (name: string) => `Open ${name}`,
    close: "Close",
    here: (percent: string) => `${percent} here`,
    beginning: "Fetching its beginning…",
    beginningAlone:
      "Nobody who has it is here right now. It goes on by itself as soon as someone comes.",
    refused: {
      unlike: "This file isn’t what its name says, so it isn’t shown here.",
      gone: "What is missing of this file can’t come any more.",
      "no-service-worker":
        "This browser doesn’t let the page show files, as in some private windows.",
    },
    undecodable: "This browser can’t show this file. Another program may.",
    saveLater: "Download it, and it can be saved.",
    textComing: "More is still arriving…",
    textCut: "Only the beginning is shown. Save the file to see the rest.",
    textBroken: "The rest can’t come any more.",
    textEmpty: "This file is empty.",
  },

  notices: {
    "server-unreachable": {
      title: "Shoal’s server can’t be reached.",
      sentence: "What is running goes on, but nobody new can join.",
      action: "Check your connection; it tries again by itself.",
    },
    offline: {
      title: "This device is offline.",
      sentence: "Nothing is lost.",
      action: "Connect to a network; it goes on by itself.",
    },
    "disk-full": {
      title: "There’s no space left.",
      sentence: "What is here stays, and is passed on to others.",
      action: "Free some on this device; it goes on by itself.",
    },
    "save-failed": {
      title: "Saving didn’t work.",
      sentence: "Everything is still here.",
      action: "Save again",
    },
  },
  noticeZip: "There may be too little space for a ZIP of all files: then save them one by one.",

  announce: {
    linkReady: "The link is ready",
    percent: (percent: string) => `${percent} downloaded`,
  },
} as const;

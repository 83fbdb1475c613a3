/**
 * The English words, page by page: the catalogue that every other language translates.
 *
 * `{{name}}` is a parameter; `{{count, number}}` is written as the language writes numbers. A key that
 * ends in `_one` or `_other` is a plural: it is asked for without that, and with a `count`.
 */
export const en = {
  app: {
    name: "Shoal",
    homeLabel: "Shoal, home",
    unfetched: {
      title: "This part of the page couldn’t be fetched",
      sentence: "Shoal’s server can’t be reached, and this browser hasn’t kept it yet.",
      action: "Try again",
    },
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
          "The share rests while its page is closed. Open its link here again, and it goes on with the same files. People who have all of them keep passing them on.",
        confirm: "Leave",
        cancel: "Keep sharing",
      },
      receiver: {
        title: "Leave while it downloads?",
        sentence:
          "What has been fetched stays in this browser: open the link again, and it goes on.",
        confirm: "Leave",
        cancel: "Stay here",
      },
    },
    search: "Search",
    shares: "My shares",
    check: "Check the connection",
    footer: "Files go from browser to browser. The server only introduces them.",
  },
  home: {
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
    goOn: "Go on with {{name}}",
    goOnWith_one: "Go on with {{count, number}} share",
    goOnWith_other: "Go on with {{count, number}} shares",
    letGo: "Let go to share",
    reading: "Reading…",
    readingFiles_one: "Reading… {{count, number}} file",
    readingFiles_other: "Reading… {{count, number}} files",
    linkLabel: "Got a link?",
    linkPlaceholder: "Paste a Shoal link",
    hide: {
      label: "Hide my address",
      cost: "People you share with don’t learn it: all goes through the server’s relay, which is slower, or not at all where it has none. The server still sees it. This browser keeps to that in all shares.",
    },
    linkOpen: "Open",
    search: "No link? Search what people have published here",
    facts: {
      private: {
        title: "Nothing is uploaded",
        sentence:
          "The server introduces browsers to each other. It never sees a file, its name or its key, but for what somebody publishes on purpose.",
      },
      shared: {
        title: "Faster with more people",
        sentence: "Whoever has a piece passes it on, so a share speeds up as people join.",
      },
      checked: {
        title: "Any size, checked",
        sentence: "The link is there at once. Every piece is verified before it counts as yours.",
      },
    },
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
  },
  shares: {
    title: "My shares",
    pageTitle: "My shares · Shoal",
    lead: "What this browser shares, fetches and keeps. Nobody else sees this list.",
    reading: "Looking…",
    none: "Nothing is kept here.",
    noneWhy: "What you share or fetch in this browser is listed here as long as it is kept.",
    failed: "This browser keeps nothing for this page.",
    failedWhy:
      "Private windows and blocked site data leave it no room. Open it in a normal window.",
    home: "Share something",
    taken: "{{bytes}} of this device are taken.",
    files_one: "{{count, number}} file",
    files_other: "{{count, number}} files",
    states: {
      open: "open in a tab",
      ended: "you’ve ended it",
      resting: "yours; it rests until you go on",
      all: "fetched, all of it",
      part: "fetched, {{percent}}",
      nothing: "nothing fetched yet",
    },
    keptUntil: "kept until {{date}}",
    keptForever: "kept until you remove it",
    goesNext: "goes when Shoal is opened the next time",
    keep: {
      label: "Keep everything after its last use for",
      days: {
        day: "a day",
        threeDays: "three days",
        week: "a week",
        month: "a month",
      },
      forever: "as long as I don’t remove it",
      mayGo: "The browser may still clear it away when this device is full.",
    },
    open: "Open",
    openLabel: "Open {{name}}",
    remove: "Remove",
    removeLabel: "Remove {{name}}",
    removeDialog: {
      receiver: {
        title: "Remove “{{name}}”?",
        sentence:
          "What was fetched is removed from this browser’s own storage. What you have saved elsewhere stays there.",
        confirm: "Remove it",
        cancel: "Keep it",
      },
      sharer: {
        title: "Forget “{{name}}”?",
        sentence:
          "Your files stay where they are, but nobody can go on sharing them under this link from here. The link lives on with people who have all of it.",
        confirm: "Forget it",
        cancel: "Keep it",
      },
    },
  },
  catalogue: {
    kinds: {
      other: "Other",
      video: "Video",
      audio: "Audio",
      pictures: "Pictures",
      documents: "Documents",
      software: "Software",
    },
  },
  search: {
    title: "Search",
    pageTitle: "Search · Shoal",
    pageTitleWords: "{{words}} · Search · Shoal",
    lead: "Shares that people have published here on purpose. Nothing else can be found.",
    label: "What to look for",
    placeholder: "Words or a tag",
    submit: "Search",
    suggestions: "Suggestions",
    kind: "Kind",
    anyKind: "Any kind",
    size: "Size",
    anySize: "Any size",
    sizeUpTo: "Up to {{bytes}}",
    sizeBetween: "{{least}} to {{most}}",
    sizeOver: "Over {{bytes}}",
    searching: "Searching…",
    found_one: "{{count, number}} share found",
    found_other: "{{count, number}} shares found",
    foundFor_one: "{{count, number}} share found for “{{words}}”",
    foundFor_other: "{{count, number}} shares found for “{{words}}”",
    listed_one: "{{count, number}} share is published here",
    listed_other: "{{count, number}} shares are published here, those with the most sources first",
    fromRing:
      "Shoal’s server can’t be reached. This was asked of other people’s browsers, which know whole words alone.",
    nothingFound: {
      title: "Nothing was found.",
      sentence: "Fewer words, or the beginning of one, find more. So do any kind and any size.",
      action: "See what is here",
    },
    nothingListed: {
      title: "Nothing is published here yet.",
      sentence: "Share something, and publish it from the share’s own page.",
      action: "Share something",
    },
    troubles: {
      off: {
        title: "There is no catalogue here.",
        sentence: "Whoever runs this server hasn’t turned it on. Links open as ever.",
        action: "To the home page",
      },
      busy: {
        title: "That was a lot of searching.",
        sentence: "The server takes only so much from one network. Wait a little first.",
        action: "Try again",
      },
      unavailable: {
        title: "The catalogue can’t search just now.",
        sentence: "Shares go on without it.",
        action: "Try again",
      },
      unreachable: {
        title: "Shoal’s server can’t be reached.",
        sentence: "Check your connection first.",
        action: "Try again",
      },
    },
    files_one: "{{count, number}} file",
    files_other: "{{count, number}} files",
    sources_one: "{{count, number}} source",
    sources_other: "{{count, number}} sources",
    near: "near you",
    protected: "asks for a password",
    age: "published {{age}}",
    tags: "Tags of {{name}}",
    more: "More",
    report: {
      open: "Report",
      openLabel: "Report {{name}}",
      title: "Report “{{name}}”",
      sentence: "Whoever runs this server reads it. It stays listed until they decide.",
      reason: "What is wrong with it?",
      reasons: {
        illegal: "It is against the law",
        misleading: "It isn’t what it says it is",
        other: "Something else",
      },
      words: "What they should know (you may leave this out)",
      send: "Send",
      sending: "Sending…",
      cancel: "Cancel",
      failed: "It didn’t get through. Try again in a minute.",
      thanks: "Thank you",
      heard: "It has been passed on to whoever runs this server.",
      close: "Close",
    },
  },
  check: {
    title: "Connection check",
    pageTitle: "Connection check · Shoal",
    lead: "Tries, from this browser, everything that a share needs. Nothing of yours is sent.",
    running: "Checking…",
    again: "Check again",
    home: "To the home page",
    verdicts: { good: "works", bad: "doesn’t work", unsure: "unclear", waiting: "not tried yet" },
    summary: {
      running: "Looking…",
      good: "All that a share needs works here.",
      direct:
        "Files can travel between people whose networks let them reach each other. This server offers no relay for the others.",
      bad: "Something is in the way. What to do about it stands beside it.",
    },
    steps: {
      browser: "This browser",
      server: "Shoal’s server",
      channel: "Connections between browsers",
      udp: "The way out by UDP",
      relay: "A relay, for strict networks",
    },
    browser: {
      good: "It has all that Shoal needs.",
      "insecure-context":
        "The page came over plain http. Open it by an address that starts with https://.",
      "no-webrtc":
        "WebRTC is missing or switched off. Allow it in the browser’s settings, or in the extension that blocks it.",
    },
    server: {
      good: "It answers.",
      unreachable: "It doesn’t answer. Check that you are online, or ask whoever runs it.",
      "no-websocket":
        "The page loads, but a WebSocket doesn’t come through. A proxy or filter on the way has to allow them.",
      refused: "It answers, but doesn’t take this browser in just now. Try again in a minute.",
    },
    channel: {
      good: "Two connections of this page have found each other.",
      blocked:
        "WebRTC is there but may not connect. A setting, an extension or a policy of this device keeps it from using the network.",
    },
    udp: {
      good: "Packets get out, and answers come back.",
      blocked:
        "UDP gets no answer. A firewall has to let it out; until then only a relay over TCP helps.",
      unsure: "Nothing failed, but nothing shows that it works. A share will tell.",
      "not-offered": "Not tried: this server names nobody to try it with.",
    },
    relay: {
      udp: "It answers by UDP.",
      tcp: "It answers by TCP, which is slower.",
      blocked:
        "This server names one, but it can’t be reached from here. A firewall has to let it through.",
      "not-offered":
        "This server offers none: people in networks that are closed to each other can’t connect.",
    },
    admin: {
      title: "For an administrator",
      lead: "What has to be let through:",
      page: "{{origin}}: the page, by HTTPS",
      socket: "{{address}}: WebSocket, held open",
      ice: "{{url}}: STUN or TURN",
      peers: "UDP from and to high ports, for the connections between browsers",
    },
  },
  share: {
    files_one: "{{count, number}} file",
    files_other: "{{count, number}} files",
    unnamed: "A share",
    pageTitle: "{{name}} · Shoal",
    pageTitleProgress: "{{percent}} · {{name}} · Shoal",

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
      sent: "{{bytes}} sent",
      upload: "{{speed}} up",
      keepOpen: "Keep this tab open",
      keepOpenWhy: "Nobody else has all of it yet.",
      keepOpenAlone: "Files leave from here once someone opens the link.",
      copies_one: "{{count, number}} full copy is out",
      copies_other: "{{count, number}} full copies are out",
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
      checking: "Checking that they are the same… {{percent}}",
      fetchInstead: "Fetch them from others instead",
      end: "End the share",
      linkTitle: "The link of your share",
    },
    refusals: {
      missing: {
        title: "“{{name}}” isn’t among these.",
        action:
          "Choose all files of the share, under the same names. The share goes on once they are there.",
      },
      "other-size": {
        title: "“{{name}}” has another size than when it was shared.",
        action: "Choose the files as they were. To share them as they are now, make a new share.",
      },
      "other-content": {
        title: "“{{name}}” isn’t what was shared.",
        action: "Choose the files as they were. To share them as they are now, make a new share.",
      },
      unreadable: {
        title: "The browser couldn’t read all of that.",
        action: "Check that the files are still there and that you may open them, then try again.",
      },
      "not-allowed": {
        title: "The browser may not read “{{name}}”.",
        action: "Press the button again and allow it, or choose the same files.",
      },
      "none-match": {
        title: "“{{name}}” is no file of this share.",
        action: "Choose files with the names and sizes that are listed here.",
      },
    },
    ownCopy: {
      offer: "Have these files already? Drop them here or",
      choose: "choose them",
      or: "or",
      chooseFolder: "choose their folder",
      letGo: "Let go: what matches needn’t be fetched",
      comparing_one: "Checking your copy: {{done, number}} of {{count, number}} piece",
      comparing_other: "Checking your copy: {{done, number}} of {{count, number}} pieces",
      pieces_one: "{{count, number}} piece",
      pieces_other: "{{count, number}} pieces",
      noHashes: "Your copy can be checked as soon as someone is here who knows how.",
      allMatch: "Your copy is the same, piece by piece.",
      differ_one: "{{count, number}} of {{pieces}} of your copy differs; it comes from others.",
      differ_other: "{{count, number}} of {{pieces}} of your copy differ; they come from others.",
    },

    discardDialog: {
      title: "Delete what was fetched?",
      sentence:
        "It is removed from this browser’s own storage. What you have saved elsewhere stays there.",
      confirm: "Delete it",
      cancel: "Keep it",
    },

    cancelDialog: {
      title: "Cancel, and delete what was fetched?",
      sentence: "{{bytes}} are removed from this browser. To keep them for later, stop instead.",
      confirm: "Delete it",
      cancel: "Keep it",
    },

    receive: {
      connectingStatus: "Connecting",
      connecting: "Finding the share",
      connectingNobody: "Asking the server who is here.",
      connectingSome_one: "Found one person. Connecting…",
      connectingSome_other: "Found {{count, number}} people. Connecting…",
      lockedStatus: "Locked",
      locked: "This share asks for a password",
      lockedWhy: "Whoever sent you the link knows it.",
      ready: "Ready to download",
      download: "Download",
      downloadChosen: "Download {{part, number}} of {{all, number}} files · {{bytes}}",
      downloadChosenLater: "Download {{part, number}} of {{all, number}} files when someone comes",
      downloadMore_one: "Download {{count, number}} more file · {{bytes}}",
      downloadMore_other: "Download {{count, number}} more files · {{bytes}}",
      noneChosen: "Tick at least one file in the list.",
      downloadRest: "Download the rest",
      downloadLater: "Download when someone comes",
      downloadRestLater: "Go on when someone comes",
      downloading: "Downloading",
      comparing: "Checking your copy",
      paused: "Paused",
      pause: "Pause",
      resume: "Go on",
      stop: "Stop",
      cancel: "Cancel",
      stopHelping: "Stop helping",
      done: "All there, every piece checked",
      doneChosen: "What you chose is there, every piece checked",
      leftOut_one: "{{count, number}} file was left out. Tick it in the list to fetch it too.",
      leftOut_other:
        "{{count, number}} files were left out. Tick what you want in the list to fetch it too.",
      save: "Save",
      saveZip: "Save all as ZIP",
      saveChosenZip: "Save {{part, number}} files as ZIP",
      saving: "Saving…",
      saveFile: "Save {{name}}",
      helpingNone: "Keep this tab open to pass it on to whoever comes next.",
      helping_one:
        "You’re now helping {{count, number}} person. Keep this tab open as long as you like.",
      helping_other:
        "You’re now helping {{count, number}} people. Keep this tab open as long as you like.",
      tell: "Tell me when it’s done",
      willTell: "The browser will tell you when it’s done.",
      mayNotTell:
        "The browser doesn’t let this page tell you when it’s done. Its settings can change that.",
      helped: "{{bytes}} passed on",
      progress: "Downloaded and checked",
      of: "{{part}} of {{whole}}",
      left: "{{duration}} left",
      leftUnknown: "working out the time left",
      leftSoon: "a few seconds left",
    },

    metered: {
      seems: {
        cellular: "You seem to be on mobile data",
        "save-data": "This browser is set to save data",
      },
      question: "Download {{bytes}} anyway?",
      anyway: "Download anyway",
      wait: "Wait for another connection",
      waiting: "Waiting for another connection. It goes on by itself.",
      note: {
        cellular: "You seem to be on mobile data: what others get from here uses it.",
        "save-data": "This browser is set to save data: what others get from here uses some.",
      },
    },

    unlock: {
      label: "Password",
      show: "Show",
      showName: "Show password",
      submit: "Unlock",
      trying: "Checking…",
      wrong:
        "That isn’t this share’s password. Mind capital letters, or ask whoever sent you the link.",
    },
    password: {
      set: "Protect with a password…",
      change: "Change it…",
      isSet: "The link asks for a password.",
      sendApart: "Send it by another way than the link.",
      needed: "Whoever opens it needs the password too.",
      copy: "Copy the password",
      copied: "Copied",
      setTitle: "Protect this share with a password",
      changeTitle: "Change the password",
      sentence:
        "Whoever opens the link has to give it. This makes a new link; the one you have now stops working.",
      newLabel: "New password",
      suggest: "Suggest one",
      hint: "Whoever has the link can try out passwords, slowly. A long one withstands that.",
      remove: "Share without one",
      cancel: "Cancel",
      confirm: "Make the new link",
      making: "Making the new link…",
      empty: "Type a password, or have one suggested.",
      tooLong: "A password has at most {{most, number}} letters.",
      failed: "That didn’t work, and nothing has changed. Try again.",
    },

    publish: {
      open: "Let anybody find it…",
      title: "Let anybody find this share",
      changeTitle: "Change what can be found",
      public:
        "This makes the link public: everyone who finds it can get the files, and sees the addresses of people who have them. Withdrawing it later takes nothing back from those who saw it.",
      protected: "Finding it is public. Opening it still takes the password.",
      name: "Title",
      nameless: "Give it a title that can be read.",
      description: "Description",
      tags: "Tags, with commas between, {{most, number}} at most",
      cancel: "Cancel",
      confirm: "Make it public",
      confirmChange: "Publish the change",
      publishing: "Publishing it…",
      withdrawing: "Withdrawing it…",
      listed: "Anybody can find this share.",
      listedAs: "It is published as “{{title}}”.",
      see: "See it",
      change: "Change it…",
      withdraw: "Withdraw it…",
      notPublished: "It isn’t published.",
      notWithdrawn: "It isn’t withdrawn yet.",
      refusals: {
        blocked: "Whoever runs this server doesn’t list this share. Its link works as ever.",
        "too-many":
          "This server lists only so many shares from one network: withdraw another first.",
        unreachable: "The server doesn’t answer. It is tried again by itself.",
        refused: "The server didn’t take it.",
      },
      again: "Try again",
      withdrawDialog: {
        title: "Withdraw this share from the search?",
        sentence:
          "Nobody finds it there any more. Whoever has the link can still open it: only ending the share stops that.",
        confirm: "Withdraw it",
        cancel: "Leave it there",
      },
    },

    room: {
      needs: "Takes up to {{bytes}} on this device, the saved copy included.",
      tooMuch:
        "It takes up to {{needed}} here, the saved copy included, and the browser has too little room.",
      tooMuchFor:
        "It takes up to {{needed}} here, the saved copy included, and the browser has room for {{free}}.",
      tooSmall: "It may not fit. Free some space first, or try it: a full disk loses nothing.",
      noZip: "A ZIP of all files may not fit beside them: then save them one by one.",
      noZipButFolder: "A ZIP of all files may not fit beside them: then save them to a folder.",
      inMemory:
        "This looks like a private window: it keeps files in memory, and forgets them when it is closed.",
      inMemoryUpTo:
        "This looks like a private window: it keeps files in memory, about {{free}} at most, and forgets them when it is closed.",
      tooSmallInMemory: "This share may not fit: open the link in a normal window.",
    },

    saveTo: {
      folder: "Save to a folder…",
      file: "Save as…",
      looking: "Looking at what is in “{{place}}”…",
      writing: "Writing to “{{place}}”: {{part}} of {{whole}}",
      cancel: "Cancel",
      doneFile: "Saved as “{{place}}”.",
      done_one: "{{count, number}} file saved in “{{place}}”.",
      done_other: "{{count, number}} files saved in “{{place}}”.",
      skipped_one: "{{count, number}} file left out.",
      skipped_other: "{{count, number}} files left out.",
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
      title: "“{{name}}” is already there",
      sentence: "There is a file of that name at that place.",
      sentenceIn: "There is a file of that name in “{{folder}}”.",
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
        sentence: "Whoever shared it has ended it. What is here stays; My shares says how long.",
        action: "Share something yourself",
      },
      byYou: {
        title: "You’ve stopped",
        sentence:
          "This page neither fetches nor passes on any more. What it has stays in this browser; My shares says how long.",
        action: "Go on",
      },
      cancelled: {
        title: "You’ve cancelled",
        sentence:
          "What was fetched is removed from this browser. What you have saved elsewhere stays there.",
        action: "Fetch it after all",
      },
      discard: "Delete it from this browser",
      own: {
        title: "You’ve ended this share",
        sentence: "Its link no longer works. What people have fetched stays with them.",
        action: "Share something else",
      },
    },

    failedStatus: "Stopped",

    hide: {
      label: "Hide my address",
      cost: "People you share with don’t learn your network address: everything goes through the server’s relay, which is slower. The server still sees it, and so has whoever was connected before. This browser keeps to it in all shares until you turn it off.",
      noRelay: "This server has no relay, and without one addresses can’t be hidden.",
      nobody:
        "Your address is hidden and this server has no relay, so nobody is connected. It goes on by itself if the server gets one, or if you turn hiding off.",
      trying:
        "Your address is hidden, so only the relay is tried, again and again, and nothing else.",
    },

    ring: {
      label: "Find people without the server",
      cost: "Browsers that have a share open, any share, keep in touch with a few others, so that people find each other when the server is away. Those others learn this browser’s network address, and nothing of what it shares.",
      links_one: "It is in touch with {{count, number}} now.",
      links_other: "It is in touch with {{count, number}} now.",
      hidden: "Not while your address is hidden: strangers would see it.",
    },

    peers: {
      title: "Who is here",
      /** What people are called who chose no name: "Calm Dace". */
      madeUp: "{{way}} {{fish}}",
      ways: [
        "Bold",
        "Brisk",
        "Bright",
        "Calm",
        "Clever",
        "Cosy",
        "Daring",
        "Eager",
        "Early",
        "Fair",
        "Fond",
        "Gentle",
        "Glad",
        "Golden",
        "Happy",
        "Hardy",
        "Jolly",
        "Keen",
        "Kind",
        "Lively",
        "Lucky",
        "Merry",
        "Mild",
        "Neat",
        "Nimble",
        "Patient",
        "Plucky",
        "Proud",
        "Quick",
        "Quiet",
        "Silver",
        "Sunny",
        "Swift",
        "Tidy",
        "Warm",
        "Wise",
      ],
      /** Fish that swim in shoals. */
      fish: [
        "Anchovy",
        "Barb",
        "Bleak",
        "Bogue",
        "Bream",
        "Capelin",
        "Char",
        "Chub",
        "Cisco",
        "Dace",
        "Danio",
        "Fusilier",
        "Garfish",
        "Grayling",
        "Gudgeon",
        "Herring",
        "Jack",
        "Lance",
        "Mackerel",
        "Menhaden",
        "Minnow",
        "Mullet",
        "Perch",
        "Pilchard",
        "Roach",
        "Rudd",
        "Sandeel",
        "Sardine",
        "Saury",
        "Scad",
        "Shad",
        "Silverside",
        "Smelt",
        "Sprat",
        "Tench",
        "Tetra",
        "Whitefish",
        "Whiting",
      ],

      none: "Nobody else yet",
      more_one: "{{count, number}} more not connected to this page",
      more_other: "{{count, number}} more not connected to this page",
      directOnly:
        "This server has no relay: only people whose networks let them reach each other directly can connect.",
      sharer: "sharer",
      you: "you",
      /** Beside one of two people of the same name: what they would be called without. */
      alias: "({{name}})",
      device: { phone: "phone", tablet: "tablet", laptop: "laptop", computer: "computer" },
      edit: "Change",
      editWhat: "Change your name and device",
      editing: {
        name: "Your name",
        device: "This device",
        hint: "People you share with see both, and nobody else does. This browser remembers them. Without a name you’re called by a made-up one.",
        save: "Save",
        cancel: "Cancel",
      },
      way: { relayed: "relayed", direct: "direct" },
      wayLong: {
        relayed: "Reached through the server’s relay",
        direct: "Reached directly, with nothing in between",
      },
      foundBy: {
        tracker: "met through the server",
        neighbour: "met through someone here",
        ring: "met through other shares",
        invite: "met by invite",
      },
      has: "has",
      all: "all of it",
      speed: { from: "from them at", to: "to them at" },
    },

    traffic: {
      title: "Pieces",
      most: {
        down: "up to {{speed}} in the last minute",
        up: "sent at up to {{speed}} in the last minute",
      },
      map: "Pieces: {{here}} here, {{there}} with people who are here",
      mapOut: "Pieces: {{out}} with others",
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
      chosen: "{{part, number}} of {{all, number}} files",
      tick: "Fetch {{name}}",
      tickFolder: "Fetch the folder {{name}}",
      tickWhich: "Which files to fetch",
      all: "All",
      none: "None",
      skip: "Skip the list",
      skipBack: "Skip back over the list",
      complete: "complete",
    },

    viewer: {
      open: "Open",
      openFile: "Open {{name}}",
      close: "Close",
      here: "{{percent}} here",
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
      "without-server": {
        title: "Going on without Shoal’s server.",
        sentence: "Others join through those who are here.",
        ring: "They’re also found through people with other shares open.",
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
      percent: "{{percent}} downloaded",
    },
  },
  trouble: {
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
      sentence:
        "A share holds up to {{files, number}} files and {{size}}, in folders up to {{depth, number}} deep.",
      action: "Choose less",
    },
    internal: {
      title: "Something broke, and it’s our fault",
      sentence: "Shoal ran into a defect of its own.",
      action: "Load the page again",
    },
  },
} as const;

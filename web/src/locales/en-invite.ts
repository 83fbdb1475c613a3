/**
 * The English words of invites, which come with the part of the page that shows them: most visits need
 * none. A language's own file holds them with all others.
 */
export const enInvite = {
  invite: {
    pageTitle: "Invite · Shoal",
    /** Beside who is here. */
    button: "Connect without a server",
    title: {
      inviter: "Connect without a server",
      invited: "Send a code back",
    },
    sentence: {
      inviter:
        "For people on the same network, with or without internet: a code goes over, a code comes back, and nothing is in between.",
      invited:
        "You were invited to this share. Whoever invited you needs a code back; then you are connected, with nothing in between.",
    },
    step: {
      give: {
        inviter: "Send them this code, or let them scan it.",
        invited: "Send this code back, or let them scan it.",
      },
      open: "They open it like a link, and get a code of their own.",
      paste: "Put in the code that they send back.",
      wait: "Keep this page open until they have put it in.",
    },
    code: { inviter: "Your invite", invited: "Your reply" },
    copy: "Copy code",
    copied: "Copied",
    copyByHand: "Copy the code that is marked.",
    qr: { inviter: "QR code of your invite", invited: "QR code of your reply" },
    connect: "Connect",
    /** Who has the codes can see the addresses in them. */
    shows: "A code holds this device’s address on the network. Give it to them alone.",
    making: "Making the code…",
    waiting: { inviter: "Waiting for their code", invited: "Waiting for them" },
    connecting: "Connecting…",
    connected: {
      title: "You are connected",
      sentence: "Files go straight from device to device. You can close this.",
    },
    refusal: {
      damaged: "That is no whole code. Copy all of it, and try again.",
      invite: "That is an invite, not a reply. Put in the code that they got after opening yours.",
      other: "That code answers another invite. They have to open the one that is shown here.",
      altered: "That code was changed on its way. Ask for it once more.",
    },
    failed: {
      title: "That didn’t work",
      "no-way":
        "This browser tells no address at which it can be reached. Join a network, and don’t hide your address, then try again.",
      expired: "Nobody connected in time. Begin anew with a fresh code.",
      unreachable:
        "Both codes are there, but the two devices can’t reach each other. Put them on the same network, and begin anew.",
      altered: "The invite was changed on its way. Ask for a fresh one.",
      own: "This is your own invite. Send it to somebody else.",
    },
    again: "New code",
    cancel: "Cancel",
    close: "Close",
    done: "Done",
    /** Where a code was opened. */
    arrival: {
      reading: { title: "Reading the code…", sentence: "This takes a moment." },
      damaged: {
        title: "This code is damaged",
        sentence: "A part of it is missing or changed. Ask for it once more, and copy all of it.",
      },
      handed: {
        title: "Your other tab has taken the code",
        sentence: "Go on there. This tab can be closed.",
      },
      nobody: {
        title: "No tab here waits for this code",
        sentence:
          "Open it in the browser that made the invite, while that is still shown, or put it in there.",
      },
      home: "Go to the start page",
    },
  },
};

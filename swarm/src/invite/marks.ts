/** What the fragment of a URL begins with that is no link but a code; no link holds a `=`. */
export const INVITE_MARK = "invite=";
export const REPLY_MARK = "reply=";

export const isCode = (fragment: string): boolean =>
  fragment.startsWith(INVITE_MARK) || fragment.startsWith(REPLY_MARK);

/** Hands a finished file to the browser as a download. */

/** Firefox cancels downloads whose name is longer than about 240 bytes (docs/decisions/0001). */
const NAME_BYTES = 200;

export function handToBrowser(file: File, name: string): void {
  // Without a type of its own, Chromium guesses one and appends an extension.
  const untyped = new File([file], name, { type: "application/octet-stream" });
  const url = URL.createObjectURL(untyped);
  const anchor = document.createElement("a");
  anchor.href = url;
  anchor.download = shortened(name);
  anchor.hidden = true;
  document.body.append(anchor);
  anchor.click();
  anchor.remove();
  // The download has its own hold on the bytes; a minute is for browsers that start it late.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

/** The name within what downloads take, its extension kept, cut between characters. */
function shortened(name: string): string {
  const bytes = (text: string): number => new TextEncoder().encode(text).length;
  if (bytes(name) <= NAME_BYTES) return name;
  const extension = /\.[^.]{1,15}$/u.exec(name)?.[0] ?? "";
  let stem = "";
  for (const letter of name.slice(0, name.length - extension.length)) {
    if (bytes(stem + letter + extension) > NAME_BYTES) break;
    stem += letter;
  }
  return stem + extension;
}

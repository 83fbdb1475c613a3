/** Hands a finished file to the browser as a download. */
import { fittedName } from "@shoal/swarm/share/path";

/** Firefox cancels downloads whose name is longer than about 240 bytes (docs/decisions/0001). */
const NAME_BYTES = 200;

export function handToBrowser(file: File, name: string): void {
  // Without a type of its own, Chromium guesses one and appends an extension.
  const untyped = new File([file], name, { type: "application/octet-stream" });
  const url = URL.createObjectURL(untyped);
  const anchor = document.createElement("a");
  anchor.href = url;
  anchor.download = fittedName(name, NAME_BYTES);
  anchor.hidden = true;
  document.body.append(anchor);
  anchor.click();
  anchor.remove();
  // The download has its own hold on the bytes; a minute is for browsers that start it late.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

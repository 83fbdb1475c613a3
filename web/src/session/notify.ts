/** A word from the browser when everything is there and the page isn't being looked at. */
import type { Telling } from "../protocol/state.ts";

/** What can be said before anybody is asked. Who has said no to it isn't reminded. */
export function firstTelling(): Telling {
  const isPossible = "Notification" in window && Notification.permission !== "denied";
  return isPossible ? "off" : "impossible";
}

/** Asks the person, in a press of theirs, where they weren't asked before. */
export async function askToTell(): Promise<Telling> {
  if (!("Notification" in window)) return "impossible";
  const permission = await Notification.requestPermission();
  return permission === "granted" ? "on" : permission === "denied" ? "denied" : "off";
}

/** Does nothing while the page is in view. */
export async function tell(title: string, body: string): Promise<void> {
  if (document.visibilityState === "visible") return;
  try {
    const told = new Notification(title, { body, icon: "/icon-192.png" });
    told.addEventListener("click", () => {
      window.focus();
      told.close();
    });
  } catch {
    // Chromium on Android has them from service workers alone. Safe: without one nothing is told.
    const registration = await navigator.serviceWorker.getRegistration();
    await registration?.showNotification(title, { body, icon: "/icon-192.png" });
  }
}

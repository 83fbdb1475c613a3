/** What whoever serves the page says in it: nothing is asked of the server to find out. */

/** Trackers that links made here name besides the page's own. */
export function otherTrackers(): readonly string[] {
  return said("shoal-trackers")?.split(",") ?? [];
}

/** Whether shares can be published and searched here. */
export function hasCatalogue(): boolean {
  return said("shoal-catalogue") === "on";
}

function said(name: string): string | null {
  return document.querySelector<HTMLMetaElement>(`meta[name="${name}"]`)?.content ?? null;
}

/** Puts the app into the page: real sessions, the real address bar. */
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import "../ui/base.css";
import { chooseLanguage } from "../locales/words.ts";
import { prepareToConnect } from "../session/connecting.ts";
import { openLink, shareFiles, warmUp } from "../session/open.ts";
import { App } from "./app.tsx";
import { createNavigation } from "./navigation.ts";
import { addressBar } from "./address-bar.ts";

/** After the first load, so long nothing else is loaded: what a person does first comes first. A guess. */
const KEEP_APP_MS = 6_000;

/** Called once, by `main.tsx`. */
export async function start(): Promise<void> {
  const root = document.getElementById("root");
  if (root === null) throw new Error("the page has no #root");
  const navigation = createNavigation({ address: addressBar(window), openLink, shareFiles });
  window.addEventListener("popstate", navigation.arrived);
  window.addEventListener("hashchange", navigation.arrived);
  // A page that comes back from the browser's memory has lost its connections: begin anew.
  window.addEventListener("pageshow", ({ persisted }) => {
    if (persisted) location.reload();
  });
  refuseStrayDrops(document);
  await chooseLanguage(navigator.languages, document.documentElement);
  createRoot(root).render(
    <StrictMode>
      <App navigation={navigation} />
    </StrictMode>,
  );
  if (navigation.getRoute().page === "home") warmUp();
  if (document.readyState === "complete") afterLoad();
  else window.addEventListener("load", afterLoad);
}

/** What may be wanted later, off the way of what shows first. */
function afterLoad(): void {
  prepareToConnect();
  keepAppSoon();
}

function keepAppSoon(): void {
  setTimeout(() => {
    const keeping = import("../session/keep-app.ts").then(({ keepApp }) => keepApp());
    keeping.catch(() => undefined); // Safe: what can't be fetched now the next page fetches.
  }, KEEP_APP_MS);
}

/** What is dropped where nothing takes it would replace the page, and end a running transfer. */
function refuseStrayDrops(page: Document): void {
  page.addEventListener("dragover", (event) => {
    if (event.defaultPrevented || !wouldOpen(event.dataTransfer)) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = "none";
  });
  page.addEventListener("drop", (event) => {
    if (wouldOpen(event.dataTransfer)) event.preventDefault();
  });
}

/** Whether browsers show what is dragged instead of the page; plain text goes into fields. */
function wouldOpen(transfer: DataTransfer | null): transfer is DataTransfer {
  return (
    transfer !== null &&
    (transfer.types.includes("Files") || transfer.types.includes("text/uri-list"))
  );
}

/**
 * What a person has said of themselves to this browser, for all shares and in all tabs. In
 * `localStorage`, which alone answers at once and tells other tabs.
 */
import { DEVICE, type Device, type Person, safePersonName } from "@shoal/swarm/person";
import { thisDevice } from "./device.ts";

export type Preferences = {
  /** "": none was chosen. */
  readonly name: string;
  /** Null: as it looks. */
  readonly device: Device | null;
  /** Peers are reached through a relay alone, and learn no address of this browser's. */
  readonly hidesAddress: boolean;
  /** The browser takes part in the ring, where strangers learn its address. */
  readonly usesRing: boolean;
};

const DEFAULTS: Preferences = { name: "", device: null, hidesAddress: false, usesRing: true };
const KEY = "shoal:preferences";

/** Where a text is kept; each may throw where the person blocks site data. */
export type KeptText = {
  readonly read: () => string | null;
  readonly write: (text: string) => void;
};

export class PreferencesStore {
  readonly #kept: KeptText;
  readonly #listeners = new Set<() => void>();
  #now = DEFAULTS;

  constructor(kept: KeptText) {
    this.#kept = kept;
    this.reread();
  }

  /** The newest; the same object until something changed. */
  readonly get = (): Preferences => this.#now;

  readonly subscribe = (changed: () => void): (() => void) => {
    this.#listeners.add(changed);
    return () => this.#listeners.delete(changed);
  };

  /** Keeps it as far as the browser lets us; on this page it holds in any case. */
  set(change: Partial<Preferences>): void {
    const chosen = { ...this.#now, ...change };
    const next = { ...chosen, name: safePersonName(chosen.name) };
    try {
      this.#kept.write(JSON.stringify(next));
    } catch {
      // Safe: who blocks site data is asked anew by each page.
    }
    this.#become(next);
  }

  /** Another tab may have changed it. */
  reread(): void {
    try {
      this.#become(parsed(this.#kept.read()));
    } catch {
      // Safe: nothing can be read where site data is blocked.
    }
  }

  #become(next: Preferences): void {
    if (JSON.stringify(next) === JSON.stringify(this.#now)) return;
    this.#now = next;
    for (const listener of this.#listeners) listener();
  }
}

/** What is left of it if anybody has been at it. */
function parsed(text: string | null): Preferences {
  const { name, device, hidesAddress, usesRing } = asRecord(text);
  return {
    name: typeof name === "string" ? safePersonName(name) : DEFAULTS.name,
    device: isDevice(device) ? device : DEFAULTS.device,
    hidesAddress: hidesAddress === true,
    usesRing: usesRing !== false,
  };
}

function asRecord(text: string | null): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text ?? "{}");
    return typeof value === "object" && value !== null ? { ...value } : {};
  } catch {
    return {}; // Safe: what can't be read was never said.
  }
}

const isDevice = (value: unknown): value is Device =>
  typeof value === "string" && Object.hasOwn(DEVICE, value);

/** This browser's. */
export const preferences = new PreferencesStore({
  read: () => localStorage.getItem(KEY),
  write: (text) => localStorage.setItem(KEY, text),
});

// Node, where tests run, has no window.
globalThis.window?.addEventListener("storage", ({ key }) => {
  if (key === KEY || key === null) preferences.reread();
});

/** Who the person is, as others are told. */
export function thisPerson({ name, device }: Preferences): Person {
  return { name, device: device ?? thisDevice() };
}

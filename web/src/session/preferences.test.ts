import { describe, expect, it, vi } from "vitest";
import { PreferencesStore } from "./preferences.ts";

/** Two tabs of one browser are two stores over one of these. */
function shelf(text: string | null = null) {
  const kept = { text };
  return { kept, read: () => kept.text, write: (next: string) => void (kept.text = next) };
}

describe("preferences", () => {
  it("hold in later pages and, once these look, in other tabs", () => {
    const one = shelf();
    const [here, other] = [new PreferencesStore(one), new PreferencesStore(one)];
    const changed = vi.fn();
    other.subscribe(changed);
    here.set({ name: "Ada" });
    other.reread();
    other.reread();
    expect(changed).toHaveBeenCalledOnce();
    other.set({ device: "tablet" });
    here.reread();
    here.set({ hidesAddress: true, usesRing: false });
    const all = { name: "Ada", device: "tablet", hidesAddress: true, usesRing: false };
    expect(new PreferencesStore(one).get()).toEqual(all);
  });

  it.each([
    ["nothing", null],
    ["no JSON", "{"],
    ["another kind of JSON", "7"],
    ["other types", '{"name":7,"device":"toString","hidesAddress":"no"}'],
  ])("are as at first where %s is kept", (_what, text) => {
    expect(new PreferencesStore(shelf(text)).get()).toEqual(new PreferencesStore(shelf()).get());
  });

  it("take no name that does harm", () => {
    const name = JSON.stringify({ name: "A\u202eda\n" });
    const store = new PreferencesStore(shelf(name));
    expect(store.get().name).toBe("Ada");
    store.set({ name: " \u2066Eve" });
    expect(store.get().name).toBe("Eve");
  });

  it("hold on the page where the browser keeps nothing", () => {
    const refuse = (): never => {
      throw new DOMException("blocked", "SecurityError");
    };
    const store = new PreferencesStore({ read: refuse, write: refuse });
    store.set({ name: "Ada" });
    expect(store.get().name).toBe("Ada");
  });
});

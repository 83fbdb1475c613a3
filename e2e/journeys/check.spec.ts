/** The page that says what is in the way: each cause is a real one. */
import type { Page } from "@playwright/test";
import { expectAccessible } from "../axe.ts";
import { startCoturn, TURN_SECRET, turnUrl } from "../coturn.ts";
import { expect, test } from "../fixtures.ts";
import { Network, SERVER_ADDRESS } from "../network.ts";
import { startServer } from "../server.ts";

type Verdicts = Readonly<Record<string, string>>;

const STEPS = ["browser", "server", "channel", "udp", "relay"];

/** What the page says of each step, once it is through. */
async function verdictsOf(page: Page): Promise<Verdicts> {
  await expect(page.getByRole("main")).toHaveAttribute("data-over", "true", { timeout: 40_000 });
  const verdicts: Record<string, string> = {};
  for (const step of STEPS) {
    const row = page.locator(`[data-step="${step}"]`);
    verdicts[step] = (await row.getAttribute("data-verdict")) ?? "";
  }
  return verdicts;
}

test("a connection is checked, from the home page and by keyboard", async ({ person, engines }) => {
  const page = await person(engines.sharer);
  await page.goto("/");
  await page.getByRole("link", { name: "Check the connection" }).press("Enter");
  await expect(page.getByRole("heading", { name: "Connection check" })).toBeFocused();
  const verdicts = { browser: "good", server: "good", channel: "good", udp: "unsure" };
  expect(await verdictsOf(page)).toEqual({ ...verdicts, relay: "unsure" });
  await expect(page.getByRole("status")).toContainText("offers no relay");
  await page.getByRole("button", { name: "Check again" }).press("Enter");
  expect(await verdictsOf(page)).toMatchObject(verdicts);
  await page.getByRole("button", { name: "To the home page" }).press("Enter");
  await expect(page.getByTestId("file-input")).toBeAttached();
});

test("the check is accessible @once", async ({ person, engines }) => {
  const page = await person(engines.sharer);
  await page.goto("/#check");
  await verdictsOf(page);
  await page.getByText("For an administrator").click();
  await expectAccessible(page, "connection check");
});

test("the check says that the server is away, and that it is back", async ({
  person,
  engines,
  complaints,
}) => {
  complaints.allow(/WebSocket|ws:|Failed to load resource|NetworkError|CONNECTION_REFUSED/);
  let server = await startServer();
  try {
    const { port } = new URL(server.url);
    const page = await person(engines.sharer);
    await page.goto(`${server.url}/#check`);
    expect(await verdictsOf(page)).toMatchObject({ server: "good" });
    await server.stop();
    await page.getByRole("button", { name: "Check again" }).click();
    expect(await verdictsOf(page)).toMatchObject({ browser: "good", server: "bad" });
    await expect(page.locator('[data-step="server"]')).toContainText("doesn’t answer");
    await expectAccessible(page, "connection check, no server");
    server = await startServer({ PORT: port });
    await page.getByRole("button", { name: "Check again" }).click();
    expect(await verdictsOf(page)).toMatchObject({ server: "good", channel: "good" });
  } finally {
    await server.stop();
  }
});

test("the check says that WebRTC is switched off", async ({ person, engines }) => {
  test.skip(engines.sharer !== "firefox", "Chromium has no such setting");
  const page = await person(engines.sharer, {
    preferences: { "media.peerconnection.enabled": false },
  });
  await page.goto("/#check");
  expect(await verdictsOf(page)).toMatchObject({ browser: "bad", server: "good" });
  await expect(page.locator('[data-step="browser"]')).toContainText("switched off");
});

test("the check says that a policy keeps WebRTC from the network", async ({ person, engines }) => {
  test.skip(engines.sharer !== "chromium", "Firefox has no such policy");
  const page = await person(engines.sharer, {
    args: ["--webrtc-ip-handling-policy=disable_non_proxied_udp"],
  });
  await page.goto("/#check");
  expect(await verdictsOf(page)).toMatchObject({ browser: "good", server: "good", channel: "bad" });
  await expectAccessible(page, "connection check, no connection");
});

for (const reach of ["reached", "not reached"] as const) {
  test(`the check says that a relay is ${reach} @once`, async ({ person, engines, folder }) => {
    test.skip(engines.sharer !== "chromium", "this Firefox is driven over the network that is cut");
    test.skip(!Network.isPossible(), "networks are made by root, with iproute2");
    const network = await Network.make();
    let end = async (): Promise<void> => undefined;
    try {
      if (reach === "reached") {
        end = await startCoturn(SERVER_ADDRESS, "udp", folder, network.atSwitch);
      }
      const { url } = await network.server({
        TURN_URLS: turnUrl(SERVER_ADDRESS, "udp"),
        TURN_SECRET,
      });
      const page = await person("chromium", {
        place: await network.place(),
        args: [`--unsafely-treat-insecure-origin-as-secure=${url}`],
      });
      await page.goto(`${url}/#check`);
      const relay = reach === "reached" ? "good" : "bad";
      expect(await verdictsOf(page)).toMatchObject({ server: "good", channel: "good", relay });
      if (reach === "reached") {
        await expect(page.locator('[data-step="relay"]')).toContainText("answers by UDP");
      }
    } finally {
      await end();
      await network.remove();
    }
  });
}

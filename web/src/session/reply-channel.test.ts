import { concat, fromBase64url, toBase64url, u32 } from "@shoal/swarm/bytes";
import { REPLY_MARK } from "@shoal/swarm/invite/marks";
import { crc32 } from "@shoal/swarm/share/link";
import { afterEach, expect, test, vi } from "vitest";
import { handOverReply, onReply } from "./reply-channel.ts";

/** A reply that can be read, with nothing in it that opens. */
function replyTo(exchange: string): string {
  const [id, rest] = [fromBase64url(exchange) ?? new Uint8Array(0), new Uint8Array(100)];
  const body = concat(Uint8Array.of(1), id, rest);
  return REPLY_MARK + toBase64url(concat(body, u32(crc32(body))));
}

const ONE = toBase64url(new Uint8Array(16).fill(1));
const OTHER = toBase64url(new Uint8Array(16).fill(2));

let stop = (): void => undefined;
afterEach(() => stop());

test("a reply goes to the tab that waits for it", async () => {
  const take = vi.fn();
  stop = onReply(ONE, take);
  expect(await handOverReply(replyTo(ONE))).toBe(true);
  expect(take).toHaveBeenCalledExactlyOnceWith(replyTo(ONE));
});

test("a reply that no tab waits for any more, or yet, is said to be nobody's", async () => {
  const take = vi.fn();
  stop = onReply(OTHER, take);
  onReply(ONE, take)();
  expect(await handOverReply(replyTo(ONE))).toBe(false);
  expect(take).not.toHaveBeenCalled();
});

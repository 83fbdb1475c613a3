/** The limit: one data channel between two pages that send bytes and count them, and nothing else. */
import type { Contender } from "./contender.ts";

/** What a page keeps between two calls into it. */
declare global {
  interface Window {
    raw?: {
      connection: RTCPeerConnection;
      channel: Promise<RTCDataChannel>;
      /** The other page is listening. */
      ready: Promise<void>;
    };
  }
}

/** Makes a connection in a page; returns its description once all candidates are known. */
function begin(offer: string | null): Promise<string> {
  const connection = new RTCPeerConnection();
  const channel = new Promise<RTCDataChannel>((resolve) => {
    const opened = (made: RTCDataChannel): void => {
      made.binaryType = "arraybuffer";
      if (made.readyState === "open") resolve(made);
      made.addEventListener("open", () => resolve(made));
    };
    if (offer === null) opened(connection.createDataChannel("raw"));
    else connection.addEventListener("datachannel", (event) => opened(event.channel));
  });
  // From here on, so that its word isn't missed by a page that is told to send later.
  const ready = channel.then(
    (made) =>
      new Promise<void>((resolve) => {
        made.addEventListener("message", () => resolve(), { once: true });
      }),
  );
  window.raw = { connection, channel, ready };
  return (async () => {
    if (offer !== null) {
      await connection.setRemoteDescription(JSON.parse(offer) as RTCSessionDescriptionInit);
    }
    await connection.setLocalDescription();
    if (connection.iceGatheringState !== "complete") {
      await new Promise<void>((resolve) => {
        connection.addEventListener("icegatheringstatechange", () => {
          if (connection.iceGatheringState === "complete") resolve();
        });
      });
    }
    return JSON.stringify(connection.localDescription);
  })();
}

async function accept(answer: string): Promise<void> {
  await window.raw?.connection.setRemoteDescription(
    JSON.parse(answer) as RTCSessionDescriptionInit,
  );
}

/** Counts what comes; returns the seconds from the first message to the last. */
async function receive(totalBytes: number): Promise<number> {
  const channel = await window.raw?.channel;
  if (channel === undefined) throw new Error("no channel");
  return new Promise((resolve) => {
    let leftBytes = totalBytes;
    let startMs = 0;
    channel.addEventListener("message", ({ data }: MessageEvent<ArrayBuffer>) => {
      if (startMs === 0) startMs = performance.now();
      leftBytes -= data.byteLength;
      if (leftBytes <= 0) resolve((performance.now() - startMs) / 1000);
    });
    channel.send("ready");
  });
}

/** Sends as fast as the channel takes it: 1 MiB buffered at most, more at half of that. */
async function send({
  totalBytes,
  messageBytes,
}: {
  totalBytes: number;
  messageBytes: number;
}): Promise<void> {
  const channel = await window.raw?.channel;
  if (channel === undefined) throw new Error("no channel");
  const message = crypto.getRandomValues(new Uint8Array(65_536));
  const bytes = new Uint8Array(messageBytes);
  for (let at = 0; at < messageBytes; at += message.length) {
    bytes.set(message.subarray(0, Math.min(message.length, messageBytes - at)), at);
  }
  await window.raw?.ready;
  channel.bufferedAmountLowThreshold = 512 * 1024;
  for (let leftBytes = totalBytes; leftBytes > 0; leftBytes -= messageBytes) {
    if (channel.bufferedAmount > 1024 * 1024) {
      await new Promise((resolve) => {
        channel.addEventListener("bufferedamountlow", resolve, { once: true });
      });
    }
    channel.send(leftBytes < messageBytes ? bytes.subarray(0, leftBytes) : bytes);
  }
}

/** How large its messages are: as Shoal's blocks. */
const MESSAGE_BYTES = 128 * 1024;

/**
 * @param totalBytes How many to send.
 * @returns One to one only: nobody passes anything on.
 */
export function rawChannel(totalBytes: number): Contender {
  return {
    name: "raw channel",
    mayFail: false,
    home: "/",
    offer: async () => ({ link: "", linkMs: null }),
    async open(to, from) {
      const offer = await from.evaluate(begin, null);
      const answer = await to.evaluate(begin, offer);
      await from.evaluate(accept, answer);
    },
    async fetch(to, from) {
      const received = to.evaluate(receive, totalBytes);
      const sent = from.evaluate(send, { totalBytes, messageBytes: MESSAGE_BYTES });
      const [seconds] = await Promise.all([received, sent]);
      return { seconds, firstPieceMs: null };
    },
    sentBytes: async () => null,
  };
}

import type { IceServer } from "@shoal/swarm/tracker/ice";

/** The same server as a connection takes it. */
export const asBrowsersTakeIt = (server: IceServer): RTCIceServer => ({
  ...server,
  urls: [...server.urls],
});

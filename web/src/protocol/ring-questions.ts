/** Questions to the ring, through whichever tab holds this browser's place in it. */
import type { FromRingHost, RingPipe, ToRingHost } from "./ring.ts";

/** What is stored under a key, and over how many links the question went. */
export type FoundRecords = Pick<Extract<FromRingHost, { type: "found" }>, "records" | "hops">;

/** A lookup has its own tries and ends by then; longer is a host that has gone. */
const ANSWER_MS = 20_000;

export class RingQuestions {
  readonly #pipe: RingPipe<ToRingHost, FromRingHost>;
  readonly #client: string;
  readonly #waiting = new Map<number, (found: FoundRecords) => void>();
  #lastRequest = 0;

  constructor(pipe: RingPipe<ToRingHost, FromRingHost>, client: string) {
    this.#pipe = pipe;
    this.#client = client;
  }

  /** None where nobody answers. */
  get(key: string): Promise<FoundRecords> {
    const request = ++this.#lastRequest;
    return new Promise((resolve) => {
      const answer = (found: FoundRecords): void => {
        clearTimeout(late);
        this.#waiting.delete(request);
        resolve(found);
      };
      const late = setTimeout(() => answer({ records: [], hops: 0 }), ANSWER_MS);
      this.#waiting.set(request, answer);
      this.#pipe.post({ type: "get", client: this.#client, request, key });
    });
  }

  answered({ request, records, hops }: Extract<FromRingHost, { type: "found" }>): void {
    this.#waiting.get(request)?.({ records, hops });
  }
}

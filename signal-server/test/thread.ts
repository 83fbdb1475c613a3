/** A search thread within the test's own: the same code at the same distance, that of a message. */
import { heed } from "../src/catalogue/index-messages.ts";
import type { OpenThread } from "../src/catalogue/thread.ts";
import { WordIndex } from "../src/catalogue/word-index.ts";

export const threadWithin: OpenThread = (heard, ended) => {
  const index = new WordIndex();
  let isOpen = true;
  return {
    post(message) {
      const copy = structuredClone(message);
      setImmediate(() => {
        const answer = isOpen ? heed(index, copy) : null;
        if (answer !== null) heard(structuredClone(answer));
      });
    },
    end() {
      isOpen = false;
      ended(null);
    },
  };
};

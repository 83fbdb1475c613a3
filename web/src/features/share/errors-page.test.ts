import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { ERROR_CODES } from "@shoal/swarm/errors";
import { troubleOf } from "./trouble.ts";

const PAGE = new URL("../../../../docs/errors.md", import.meta.url);

test("docs/errors.md says of every error what the page says, in the same order", async () => {
  const rows = ERROR_CODES.map((code) => {
    const { title, sentence, action } = troubleOf(code, "receiver");
    const todo = action.kind === "advice" ? action.text : `[${action.label}]`;
    return `| \`${code}\` | **${title}.** ${sentence} | ${todo} |`;
  });
  const page = await readFile(PAGE, "utf8");
  expect(page.split("\n").filter((line) => line.startsWith("| `"))).toEqual(rows);
});

/** Crockford's base 32: no letter that is taken for another when it is read out or copied by hand. */
const LETTERS = "0123456789abcdefghjkmnpqrstvwxyz";
const GROUPS = 4;
const GROUP_LETTERS = 4;

/** A password of 80 random bits: `a1b2-c3d4-e5f6-g7h8`. */
export function suggestPassword(): string {
  const drawn = crypto.getRandomValues(new Uint8Array(GROUPS * GROUP_LETTERS));
  const letters = Array.from(drawn, (byte) => LETTERS[byte % LETTERS.length]);
  return Array.from({ length: GROUPS }, (_, group) =>
    letters.slice(group * GROUP_LETTERS, (group + 1) * GROUP_LETTERS).join(""),
  ).join("-");
}

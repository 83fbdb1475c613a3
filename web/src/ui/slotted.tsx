/** Stands for a stranger's name in words that are made before it. */
export const SLOT = "\ufffc";

/** Words around a stranger's name, which turns around nothing that stands beside it. */
export function Slotted({
  words,
  children: name,
}: {
  /** With `SLOT` where the name goes. */
  readonly words: string;
  readonly children: string;
}) {
  const at = words.indexOf(SLOT);
  if (at < 0) return words;
  return (
    <>
      {words.slice(0, at)}
      <bdi>{name}</bdi>
      {words.slice(at + SLOT.length)}
    </>
  );
}

import type { Device } from "@shoal/swarm/person";
import { t } from "../../locales/words.ts";
import { type ShownName, shortened } from "./peer-name.ts";

/** A person's name, which may be a stranger's text, and what they are at. */
export function PersonName({
  name: { name, hint },
  device,
}: {
  readonly name: ShownName;
  readonly device: Device | null;
}) {
  return (
    <span className="peer-list__person">
      <bdi className="peer-list__called" dir="auto" title={name}>
        {shortened(name)}
      </bdi>
      {hint !== null && (
        <span className="peer-list__alias">{t("share.peers.alias", { name: hint })}</span>
      )}
      {device !== null && (
        <span className="peer-list__device">{t(`share.peers.device.${device}`)}</span>
      )}
    </span>
  );
}

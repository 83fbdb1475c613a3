import { Combobox, ComboboxItem, ComboboxPopover, ComboboxProvider } from "@ariakit/react/combobox";
import { useEffect, useId, useMemo, useRef, useState } from "react";
import { KIND } from "@shoal/swarm/catalogue/entry";
import { isKind, MOST_WORDS_LETTERS, suggest } from "../../session/catalogue.ts";
import { Suggester } from "../../session/suggester.ts";
import { Button } from "../../ui/button.tsx";
import { formatRoundBytes } from "../../ui/format.ts";
import { t } from "../../locales/words.ts";
import { isSize, SIZES } from "./query.ts";
import type { Query, Size } from "./query.ts";
import "./search-form.css";

/** Takes words, with suggestions while they are typed, and what else narrows a search down. */
export function SearchForm({
  query,
  onSearch,
}: {
  /** What is shown below. */
  readonly query: Query;
  readonly onSearch: (query: Query) => void;
}) {
  const [words, setWords] = useState(query.words);
  const [shown, setShown] = useState(query.words);
  if (shown !== query.words) {
    // By back and forward, or by a tag.
    setShown(query.words);
    setWords(query.words);
  }
  const [suggestions, setSuggestions] = useState<readonly string[]>([]);
  const suggester = useMemo(() => new Suggester(suggest, setSuggestions), []);
  const field = useRef<HTMLInputElement>(null);
  const id = useId();

  useEffect(() => () => suggester.stop(), [suggester]);

  function search(part: Partial<Query>): void {
    // What fills fields in for a person doesn't always tell React.
    const { words: chosen = field.current?.value ?? "" } = part;
    setWords(chosen);
    suggester.stop();
    onSearch({ ...query, ...part, words: chosen });
  }

  return (
    <form
      role="search"
      className="search-form"
      onSubmit={(event) => {
        event.preventDefault();
        search({});
      }}
    >
      <div className="search-form__words">
        <ComboboxProvider
          inputValue={words}
          setInputValue={(typed) => {
            setWords(typed);
            suggester.typed(typed);
          }}
          open={suggestions.length > 0}
          setOpen={(isOpen) => {
            if (!isOpen) suggester.stop();
          }}
        >
          <Combobox
            ref={field}
            className="field search-form__field"
            type="search"
            enterKeyHint="search"
            maxLength={MOST_WORDS_LETTERS}
            autoCapitalize="none"
            dir="auto"
            aria-label={t("search.label")}
            placeholder={t("search.placeholder")}
          />
          <ComboboxPopover
            className="search-form__suggestions"
            aria-label={t("search.suggestions")}
            sameWidth
            gutter={4}
            unmountOnHide
          >
            {suggestions.map((suggestion) => (
              <ComboboxItem
                key={suggestion}
                className="search-form__suggestion"
                value={suggestion}
                setValueOnClick={false}
                onClick={() => search({ words: suggestion })}
              >
                <bdi>{suggestion}</bdi>
              </ComboboxItem>
            ))}
          </ComboboxPopover>
        </ComboboxProvider>
        <Button submit look="solid">
          {t("search.submit")}
        </Button>
      </div>
      <div className="search-form__filters">
        <div className="search-form__filter">
          <label htmlFor={`${id}kind`} className="visually-hidden">
            {t("search.kind")}
          </label>
          <select
            id={`${id}kind`}
            className="field"
            value={query.kind ?? ""}
            onChange={({ currentTarget: { value } }) =>
              search({ kind: isKind(value) ? value : null })
            }
          >
            <option value="">{t("search.anyKind")}</option>
            {Object.keys(KIND)
              .filter(isKind)
              .map((kind) => (
                <option key={kind} value={kind}>
                  {t(`catalogue.kinds.${kind}`)}
                </option>
              ))}
          </select>
        </div>
        <div className="search-form__filter">
          <label htmlFor={`${id}size`} className="visually-hidden">
            {t("search.size")}
          </label>
          <select
            id={`${id}size`}
            className="field number"
            value={query.size ?? ""}
            onChange={({ currentTarget: { value } }) =>
              search({ size: isSize(value) ? value : null })
            }
          >
            <option value="">{t("search.anySize")}</option>
            {Object.keys(SIZES)
              .filter(isSize)
              .map((size) => (
                <option key={size} value={size}>
                  {sizeWords(size)}
                </option>
              ))}
          </select>
        </div>
      </div>
    </form>
  );
}

function sizeWords(size: Size): string {
  const { minBytes, maxBytes } = SIZES[size];
  if (minBytes === null) return t("search.sizeUpTo", { bytes: formatRoundBytes(maxBytes) });
  if (maxBytes === null) return t("search.sizeOver", { bytes: formatRoundBytes(minBytes) });
  return t("search.sizeBetween", {
    least: formatRoundBytes(minBytes),
    most: formatRoundBytes(maxBytes),
  });
}

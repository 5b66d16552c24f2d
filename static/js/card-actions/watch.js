// Hearing of the selected card, or no more, by a key. A card does not show which of both it is: the server knows.

import { titleLink } from "../lib/card.js";
import { post } from "../lib/http.js";
import { toast } from "../lib/toast.js";

const FAILED = "That did not work, and nothing was changed.";

async function choose(address, watching) {
  const { status, body } = await post(address, { watching }).catch(() => ({}));
  if (status !== 200) return toast(FAILED, "danger");
  const { text, isWatching } = body;
  return toast(text, "ok", { label: "Undo", act: () => choose(address, isWatching ? 0 : 1) });
}

/** Watch a card, or no more. */
export const toggleWatch = (card) => choose(`${titleLink(card).getAttribute("href")}/watch`, "other");

// Changing a card by a key: seen at once, sent to the field's own address, and drawn anew when the server has answered.
{
  const FAILED = "That did not work, and nothing was changed.";
  const cardOf = (taskId) => document.getElementById(`card-${taskId}`);
  const keyOf = (card) => card.querySelector(".card__meta .nowrap").textContent;

  forge.say = (text) => {
    const said = document.getElementById("board-said");
    if (said) said.textContent = text;
  };

  /** Draw one card as the server has it now; the focus stays with it. */
  forge.refreshCard = async (taskId) => {
    const card = cardOf(taskId);
    const answer = await fetch(`${card.querySelector(".card__title").href}/card`, { headers: { "HX-Request": "true" } });
    const old = cardOf(taskId);
    if (!answer.ok || !old) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector(".card");
    if (!fresh) return;
    const focused = old.contains(document.activeElement);
    const picked = old.classList.contains("is-picked");
    old.replaceWith(fresh);
    fresh.classList.toggle("is-picked", picked);
    forge.refreshTimes(fresh);
    if (focused) fresh.querySelector(".card__title").focus({ preventScroll: true });
  };

  /** This page changed a field of a task: show it, say it, and offer the way back. `change` is {version, event}. */
  forge.tookChange = async (taskId, field, change, words) => {
    const card = cardOf(taskId);
    if (card) card.dataset.version = change.version; // before the live stream tells of it
    forge.offerUndo(words, taskId, change.event);
    if (!card) return;
    await forge.refreshCard(taskId);
    const board = card.closest(".board__columns") ?? document.querySelector(".board__columns");
    if (field === "column" || board.dataset.lanes) board.dispatchEvent(new CustomEvent("forge:stale")); // it is elsewhere now
  };

  async function send(taskId, field, value, change) {
    const card = cardOf(taskId);
    if (!card) return;
    const { version } = card.dataset;
    // Ahead of the server, so that the live stream's word of it is no news.
    card.dataset.version = Number(version) + 1;
    const { status, body } = await forge.post(`${card.querySelector(".card__title").href}/fields/${field}`, { value, version, op: change.op });
    if (status === 200 && body) {
      await forge.tookChange(taskId, field, body, `${keyOf(card)}: ${change.words}`);
      return;
    }
    const now = cardOf(taskId);
    if (!now) return;
    now.dataset.version = version;
    const unsure = status === 0 || status >= 500; // with the same operation id it acts once, even if it had arrived
    const again = () => cardOf(taskId) && forge.changeField(cardOf(taskId), field, value, change);
    forge.toast(body?.error?.message ?? FAILED, "danger", unsure ? { label: "Retry", act: again } : null);
    forge.refreshCard(taskId).catch(() => {}); // without a connection it stays as painted until the stream is back
  }

  /** Set a field of a card. `paint` shows it before the server has answered; `words` say what was done. */
  forge.changeField = (card, field, value, { words, paint, op = forge.uuid() }) => {
    paint(card);
    forge.say(`${keyOf(card)}: ${words}.`);
    return forge.inTurn(() => send(card.dataset.taskId, field, value, { words, paint, op }));
  };
}

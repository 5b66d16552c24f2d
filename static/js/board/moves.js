// Moving cards: a card is at its new place at once, while the fields of its own move form are sent to that form's address.
// What is refused slides back, with the server's sentence and a Retry; what went well can be undone, and slides back as soon as asked.
{
  const LOST = "No connection. The card is back where it was.";
  const OFFLINE = "You are offline. The card is back where it was, and is moved again when you are back.";
  const FAILED = "That did not work. The card is back where it was.";
  const stillness = matchMedia("(prefers-reduced-motion: reduce)");
  const waiting = new Set(); // moves that the server has not answered yet
  const flights = new WeakMap(); // the last animation of a card
  let queue = Promise.resolve(); // one by one: a neighbour has to arrive before the next card names it
  let lastToast = null;
  let begun = 0;

  const cardOf = (taskId) => document.getElementById(`card-${taskId}`);
  const nameOf = (columnId) => document.getElementById(`column-${columnId}-name`).textContent;

  function neighbour(card, side) {
    let element = card[side];
    while (element && !element.matches(".card")) element = element[side];
    return element?.dataset.taskId ?? "";
  }

  /** Where a card is: its column (and lane, where there are lanes), and the ids of the cards below and above it ("" = none). */
  forge.placeOf = (card) => ({
    columnId: card.closest(".column").dataset.columnId,
    lane: card.closest(".column").dataset.lane,
    beforeId: neighbour(card, "nextElementSibling"),
    afterId: neighbour(card, "previousElementSibling"),
  });

  /** Put a card above `beforeId`, else below `afterId`, else at the end of what the column shows; in lanes, in its own one unless another is named. */
  forge.putCard = (card, { columnId, beforeId, afterId, lane = card.closest(".column")?.dataset.lane }) => {
    const column = forge.findColumn(columnId, lane);
    const list = column.querySelector(".column__cards");
    const find = (taskId) => (taskId && list.contains(cardOf(taskId)) ? cardOf(taskId) : null);
    const lower = find(beforeId) ?? (find(afterId) ? null : list.querySelector(".column__more, .column__hidden"));
    if (lower) lower.before(card);
    else if (find(afterId)) find(afterId).after(card);
    else list.append(card);
    card.dataset.status = column.dataset.status;
  };

  /** Let a copy of the card travel from a rectangle to where the card is; the column would clip the card itself. */
  forge.fly = (card, from) => {
    flights.get(card)?.finish();
    if (!card.checkVisibility()) return vanish(card, from);
    const to = card.getBoundingClientRect();
    if (stillness.matches || (from.left === to.left && from.top === to.top)) return;
    const copy = forge.copyCard(card, to);
    card.classList.add("is-away");
    const start = `translate(${from.left - to.left}px, ${from.top - to.top}px)`;
    const flight = copy.animate([{ transform: start }, { transform: "none" }], { duration: 180, easing: "ease-out" });
    flights.set(card, flight);
    flight.finished.then(() => {
      copy.remove();
      if (flights.get(card) === flight) card.classList.remove("is-away");
    });
  };

  /** A card that went into a folded column: its copy shrinks into the strip. */
  function vanish(card, from) {
    if (stillness.matches || !from.width) return;
    const copy = forge.copyCard(card, from);
    const strip = card.closest(".column").getBoundingClientRect();
    const end = `translate(${strip.left - from.left}px, ${Math.max(strip.top, Math.min(from.top, strip.bottom - 40)) - from.top}px) scale(0.13)`;
    const flight = copy.animate([{}, { transform: end, opacity: 0 }], { duration: 180, easing: "ease-in" });
    flight.finished.then(() => copy.remove());
  }

  /** A copy of a card above the page, for the eye only, at a rectangle of the window. */
  forge.copyCard = (card, { left, top, width }) => {
    const copy = card.cloneNode(true);
    copy.removeAttribute("id");
    copy.classList.remove("is-ghost", "is-away");
    copy.classList.add("is-dragging");
    copy.inert = true;
    copy.ariaHidden = "true";
    Object.assign(copy.style, { left: `${left}px`, top: `${top}px`, width: `${width}px` });
    document.body.append(copy);
    return copy;
  };

  /** Whether the server has yet to answer a move, and how many were begun: what was asked of it before then shows an older board. */
  forge.ownMoves = () => ({ underWay: waiting.size > 0, begun });

  function say(text) {
    document.getElementById("board-said").textContent = text;
  }

  function shiftCount(from, to) {
    if (from.lane !== to.lane) forge.recountLanes(from.lane, to.lane);
    if (from.columnId === to.columnId) return;
    forge.recount(from.columnId, -1);
    forge.recount(to.columnId, 1);
  }

  /** Focus a card that was moved; where its column is folded, the next card of where it was. */
  function focusNear(card, from) {
    const near = card.checkVisibility() ? card : cardOf(from.beforeId) ?? cardOf(from.afterId);
    const target = near?.querySelector(".card__title") ?? card.closest(".column").querySelector(".column__tool--open");
    target?.focus({ preventScroll: true });
  }

  /** Put a card somewhere and tell the server; `options` are those of commitMove. */
  forge.moveCard = (card, to, options) => {
    const from = forge.placeOf(card);
    const start = card.getBoundingClientRect();
    const focused = card.contains(document.activeElement);
    forge.putCard(card, to);
    card.scrollIntoView({ block: "nearest", inline: "nearest" });
    if (focused) focusNear(card, from);
    forge.fly(card, start);
    forge.commitMove(card, from, options);
  };

  /** Tell the server where a card has been put. `from`: where it was; `undoes`: {event, kind} of the move that this takes back;
      `fields`: what an earlier try sent, of which nobody knows if it arrived; `anyVersion`: whatever others changed;
      `place`: "top" or "bottom" of the whole column, of which this page may show a part; else beside its neighbours here. */
  forge.commitMove = (card, from, { undoes = null, fields = null, anyVersion = false, place = null } = {}) => {
    const to = forge.placeOf(card);
    const move = { taskId: card.dataset.taskId, from, to, undoes, fields, anyVersion, place, dropped: false };
    const list = [...card.parentElement.querySelectorAll(".card")];
    shiftCount(from, to);
    forge.forgetWaiting(move.taskId);
    say(`${card.querySelector(".card__title").textContent}: moved to ${nameOf(to.columnId)}${forge.laneWords(to.lane)}, place ${list.indexOf(card) + 1}.`);
    begun += 1;
    waiting.add(move);
    forge.inTurn(() => move.dropped || send(move)).finally(() => waiting.delete(move));
  };

  /** Send something about a card when all that was sent before has been answered, so that it knows the card's version. */
  forge.inTurn = (sending) => {
    queue = queue.then(sending).catch(reportError);
    return queue;
  };

  async function send(move) {
    const card = cardOf(move.taskId);
    if (!card) return;
    const { status, body } = move.undoes ? await sendUndo(move) : await sendMove(move, card);
    if (status === 200 && body) accept(move, body);
    else takeBack(move, status, body?.error);
  }

  function sendUndo(move) {
    move.fields ??= { event: move.undoes.event, op: forge.uuid() };
    return forge.sendUndo(move.taskId, move.fields);
  }

  function sendMove(move, card) {
    move.fields ??= {
      column_id: move.to.columnId,
      ...(move.place ? { place: move.place } : { before_id: move.to.beforeId, after_id: move.to.afterId }),
      version: move.anyVersion ? "" : card.dataset.version,
      op: forge.uuid(),
      ...forge.laneFields(move),
    };
    return forge.post(card.querySelector(".card__move").href, move.fields);
  }

  function tell(text, kind, label, act) {
    lastToast?.remove();
    lastToast = forge.toast(text, kind, label && { label, act });
  }

  function accept(move, { version, event, ...face }) {
    const card = cardOf(move.taskId);
    if (card) card.dataset.version = version;
    document.dispatchEvent(new CustomEvent("forge:own", { detail: { id: move.taskId, version } })); // it may be open over the board
    if (card && face.card) forge.showInLane(card, face);
    else if (card && move.from.lane !== move.to.lane) card.closest(".board__columns").dispatchEvent(new CustomEvent("forge:stale")); // undone: its tags are others, too
    lastToast?.remove();
    const text = `Moved to ${nameOf(move.to.columnId)}${forge.laneWords(move.to.lane)}`;
    const kind = move.undoes?.kind === "undo" ? "redo" : "undo";
    lastToast = forge.offerUndo(move.undoes ? `${text} again` : text, move.taskId, event, {
      kind,
      act: () => again(move, move.from, { undoes: { event, kind } }),
      fresh: !move.undoes,
    });
  }

  function takeBack(move, status, error) {
    // What was done with the card since began at a place where it never was.
    for (const later of waiting) if (later.taskId === move.taskId) later.dropped = true;
    const card = cardOf(move.taskId);
    if (card) {
      forge.cancelDrag(card);
      const start = card.getBoundingClientRect();
      const focused = card.contains(document.activeElement);
      shiftCount(forge.placeOf(card), move.from);
      forge.putCard(card, move.from);
      if (focused) card.querySelector(".card__title").focus({ preventScroll: true });
      forge.fly(card, start);
    }
    const unsure = status === 0 || status >= 500;
    const options = {
      undoes: move.undoes,
      place: move.place,
      fields: unsure ? move.fields : null, // with the same operation id it acts once, even if it had arrived
      anyVersion: move.anyVersion || error?.code === "stale_version",
    };
    const retry = () => again(move, move.to, options);
    if (!status && forge.whenOnline(move.taskId, retry)) tell(OFFLINE, "danger");
    else tell(error?.message ?? (status ? FAILED : LOST), "danger", "Retry", retry);
  }

  /** Move a card once more; false where it, or the place, is not on the page (any more). */
  function again(move, place, options) {
    const card = cardOf(move.taskId);
    if (!card || !forge.findColumn(place.columnId, place.lane)) return false;
    forge.moveCard(card, place, options);
    return true;
  }
}

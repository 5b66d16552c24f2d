// Moving cards: a card is at its new place at once, while the fields of its own move form are sent to that form's address.
// What is refused slides back, with the server's sentence and a Retry; what went well can be undone, and slides back as soon as asked.
{
  const PATIENCE = 15_000; // milliseconds until an answer counts as lost
  const LOST = "No connection. The card is back where it was.";
  const FAILED = "That did not work. The card is back where it was.";
  const stillness = matchMedia("(prefers-reduced-motion: reduce)");
  const waiting = new Set(); // moves that the server has not answered yet
  const flights = new WeakMap(); // the last animation of a card
  let queue = Promise.resolve(); // one by one: a neighbour has to arrive before the next card names it
  let lastToast = null;

  const cardOf = (taskId) => document.getElementById(`card-${taskId}`);
  const nameOf = (columnId) => document.getElementById(`column-${columnId}-name`).textContent;

  function neighbour(card, side) {
    let element = card[side];
    while (element && !element.matches(".card")) element = element[side];
    return element?.dataset.taskId ?? "";
  }

  /** Where a card is: its column, and the ids of the cards below and above it ("" = none). */
  forge.placeOf = (card) => ({
    columnId: card.closest(".column").dataset.columnId,
    beforeId: neighbour(card, "nextElementSibling"),
    afterId: neighbour(card, "previousElementSibling"),
  });

  /** Put a card above `beforeId`, else below `afterId`, else at the end of what the column shows. */
  forge.putCard = (card, { columnId, beforeId, afterId }) => {
    const column = document.getElementById(`column-${columnId}`);
    const list = document.getElementById(`cards-${columnId}`);
    const find = (taskId) => (taskId && list.contains(cardOf(taskId)) ? cardOf(taskId) : null);
    const lower = find(beforeId) ?? (find(afterId) ? null : list.querySelector(".column__more"));
    if (lower) lower.before(card);
    else if (find(afterId)) find(afterId).after(card);
    else list.append(card);
    card.dataset.status = column.dataset.status;
  };

  /** Let a copy of the card travel from a rectangle to where the card is; the column would clip the card itself. */
  forge.fly = (card, from) => {
    flights.get(card)?.finish();
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

  function say(text) {
    document.getElementById("board-said").textContent = text;
  }

  function shiftCount(from, to) {
    if (from === to) return;
    forge.recount(from, -1);
    forge.recount(to, 1);
  }

  /** Put a card somewhere and tell the server; `options` are those of commitMove. */
  forge.moveCard = (card, to, options) => {
    const from = forge.placeOf(card);
    const start = card.getBoundingClientRect();
    const focused = card.contains(document.activeElement);
    forge.putCard(card, to);
    card.scrollIntoView({ block: "nearest", inline: "nearest" });
    if (focused) card.querySelector(".card__title").focus({ preventScroll: true });
    forge.fly(card, start);
    forge.commitMove(card, from, options);
  };

  /** Tell the server where a card has been put. `from`: where it was; `undoes`: {event, kind} of the move that this takes back;
      `fields`: what an earlier try sent, of which nobody knows if it arrived; `anyVersion`: whatever others changed. */
  forge.commitMove = (card, from, { undoes = null, fields = null, anyVersion = false } = {}) => {
    const to = forge.placeOf(card);
    const move = { taskId: card.dataset.taskId, from, to, undoes, fields, anyVersion, dropped: false };
    const list = [...card.parentElement.querySelectorAll(".card")];
    shiftCount(from.columnId, to.columnId);
    say(`${card.querySelector(".card__title").textContent}: moved to ${nameOf(to.columnId)}, place ${list.indexOf(card) + 1}.`);
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
      before_id: move.to.beforeId,
      after_id: move.to.afterId,
      version: move.anyVersion ? "" : card.dataset.version,
      op: forge.uuid(),
    };
    return post(card.querySelector(".card__move").href, move.fields);
  }

  /** The answer's status (0: none came) and what it holds (null: nothing that we wrote). */
  async function post(address, fields) {
    let status = 0;
    try {
      const answer = await fetch(address, {
        method: "POST",
        headers: { Accept: "application/json", "X-CSRFToken": document.querySelector("meta[name=csrf-token]").content },
        body: new URLSearchParams(fields),
        signal: AbortSignal.timeout(PATIENCE),
      });
      status = answer.status;
      return { status, body: await answer.json() };
    } catch {
      return { status, body: null };
    }
  }

  function tell(text, kind, label, act) {
    lastToast?.remove();
    lastToast = forge.toast(text, kind, label && { label, act });
  }

  function accept(move, { version, event }) {
    const card = cardOf(move.taskId);
    if (card) card.dataset.version = version;
    lastToast?.remove();
    const text = `Moved to ${nameOf(move.to.columnId)}`;
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
      shiftCount(forge.placeOf(card).columnId, move.from.columnId);
      forge.putCard(card, move.from);
      if (focused) card.querySelector(".card__title").focus({ preventScroll: true });
      forge.fly(card, start);
    }
    const unsure = status === 0 || status >= 500;
    const options = {
      undoes: move.undoes,
      fields: unsure ? move.fields : null, // with the same operation id it acts once, even if it had arrived
      anyVersion: move.anyVersion || error?.code === "stale_version",
    };
    tell(error?.message ?? (status ? FAILED : LOST), "danger", "Retry", () => again(move, move.to, options));
  }

  function again(move, place, options) {
    const card = cardOf(move.taskId);
    if (card) forge.moveCard(card, place, options);
    return card !== null;
  }
}

// Since the last visit: the cards on the strip's list carry a mark, the buttons (and their keys) walk from one to the next.
// The server gives the strip once for each visit; a page that is loaded again during the visit asks for the same one.
{
  const VISIT = 10 * 60_000; // milliseconds away from the board after which another visit begins
  const words = { new: "New", done: "Done", moved: "Moved", changed: "Changed", commented: "Commented on" };
  let marks = new Map(); // kind by task id

  const strip = () => document.getElementById("board-since");
  const marked = () => [...document.querySelectorAll(".card[data-since]")].filter((card) => card.checkVisibility());

  /** Mark the cards that are on the page now; to be called when there are others. */
  forge.markSince = () => {
    for (const [id, kind] of marks) {
      const card = document.getElementById(`card-${id}`);
      if (!card || card.dataset.since) continue;
      card.dataset.since = kind;
      card.title = `${words[kind]} since your last visit`;
      card.ariaDescription = card.title;
    }
  };

  function unmark() {
    marks = new Map();
    for (const card of document.querySelectorAll(".card[data-since]")) {
      delete card.dataset.since;
      card.removeAttribute("title");
      card.ariaDescription = null;
    }
  }

  function step(by) {
    const cards = marked();
    if (!cards.length) return;
    const at = cards.indexOf(document.activeElement.closest(".card"));
    const card = cards.at(at < 0 ? Math.min(by, 0) : (at + by) % cards.length);
    card.scrollIntoView({ block: "center", inline: "nearest" });
    card.querySelector(".card__title").focus({ preventScroll: true });
    document.getElementById("board-news").textContent = `${card.title}, ${cards.indexOf(card) + 1} of ${cards.length}.`;
  }

  function read(key) {
    try {
      return JSON.parse(sessionStorage.getItem(key));
    } catch {
      return null;
    }
  }

  function write(key, visit) {
    try {
      if (visit) sessionStorage.setItem(key, JSON.stringify(visit));
      else sessionStorage.removeItem(key);
    } catch {
      // Without storage the strip does not survive a reload.
    }
  }

  function begin(element, key) {
    marks = new Map([...element.querySelectorAll("[data-task]")].map(({ dataset }) => [dataset.task, dataset.kind]));
    forge.markSince();
    for (const button of element.querySelectorAll("[data-step]")) button.addEventListener("click", () => step(Number(button.dataset.step)));
    element.querySelector("form").addEventListener("submit", (event) => {
      event.preventDefault();
      write(key, null);
      unmark();
      element.remove();
      forge.tellSeen();
    });
  }

  async function bringBack(board, key, { after, upto, at }) {
    const address = `${board.dataset.sinceUrl}?after=${after}&upto=${upto}`;
    const answer = await fetch(address, { headers: { "HX-Request": "true" } });
    const template = document.createElement("template");
    template.innerHTML = answer.ok && !answer.redirected ? await answer.text() : "";
    const element = template.content.querySelector("#board-since");
    if (!element) return;
    element.querySelector("time").dateTime = at;
    document.querySelector(".board__head").after(element);
    forge.refreshTimes(element);
    forge.start(element);
    begin(element, key);
  }

  forge.behaviour("since", (board) => {
    const key = `since:${board.dataset.boardId}`;
    const visit = read(key);
    const element = strip();
    if (element) {
      const { after, upto } = element.dataset;
      write(key, { after, upto, at: element.querySelector("time").dateTime, left: Date.now() });
      begin(element, key);
    } else if (visit && Date.now() - visit.left < VISIT) bringBack(board, key, visit).catch(() => {});
    else write(key, null);
    window.addEventListener("pagehide", () => {
      const now = read(key);
      if (now) write(key, { ...now, left: Date.now() });
    });
    document.addEventListener("htmx:load", () => forge.markSince());
  });
}

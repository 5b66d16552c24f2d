// A preview of the selected card, to read only. The focus stays on the card, so that the arrows walk on and take it along.
{
  const KEPT = 30; // previews, of the versions that they were made for
  const kept = new Map();
  let peek = null;
  let shown = ""; // the id of the task that is shown

  const isOpen = () => peek?.matches(":popover-open") ?? false;
  const keyOf = (card) => card.querySelector(".card__meta .nowrap").textContent;

  /** The preview's HTML as a promise; asked for once for each version of a card. */
  function load(card) {
    const name = `${card.dataset.taskId}@${card.dataset.version}`;
    if (!kept.has(name)) {
      const asked = fetch(`${card.querySelector(".card__title").href}/peek`, { headers: { "HX-Request": "true" } }).then((answer) => {
        if (!answer.ok || answer.redirected) throw new Error(`status ${answer.status}`);
        return answer.text();
      });
      asked.catch(() => kept.delete(name));
      kept.set(name, asked);
      if (kept.size > KEPT) kept.delete(kept.keys().next().value);
    }
    return kept.get(name);
  }

  function prefetch(card) {
    for (const near of [card.nextElementSibling, card.previousElementSibling]) {
      if (near?.matches(".card")) load(near).catch(() => {});
    }
  }

  function close() {
    if (!isOpen()) return;
    peek.hidePopover();
    document.querySelector(".card.is-picked")?.classList.remove("is-picked");
    shown = "";
  }

  function place(card) {
    peek.ariaLabel = `Preview of ${keyOf(card)}`;
    if (!isOpen()) peek.showPopover();
    forge.placeBeside(peek, card, "side");
  }

  async function show(card) {
    shown = card.dataset.taskId;
    try {
      const html = await load(card);
      if (shown !== card.dataset.taskId) return; // walked on meanwhile
      peek.innerHTML = html;
    } catch {
      if (shown !== card.dataset.taskId) return;
      close();
      forge.toast("The preview can't be had right now.", "danger");
      return;
    }
    forge.refreshTimes(peek);
    peek.scrollTop = 0;
    place(card);
    prefetch(card);
  }

  function start() {
    peek = forge.makePopover("peek", "manual");
    peek.role = "region";
    document.addEventListener("focusin", ({ target }) => {
      const card = target.closest(".board__columns .card");
      if (!shown || peek.contains(target)) return;
      if (!card) close();
      else if (card.dataset.taskId !== shown) show(card);
    });
    document.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !isOpen() || document.querySelector("dialog[open]")) return;
      event.preventDefault(); // the selection stays
      event.stopPropagation();
      close();
    }, { capture: true });
    document.addEventListener("pointerdown", ({ target }) => peek.contains(target) || close());
    addEventListener("resize", close);
  }

  /** Open or close the preview of a card. */
  forge.togglePeek = (card) => {
    if (!peek) start();
    if (shown === card.dataset.taskId) {
      close();
      return;
    }
    forge.say(`Preview of ${keyOf(card)}. Space closes it.`);
    show(card);
  };
}

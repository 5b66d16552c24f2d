// Another filter or other lanes: the parts of the board that change are fetched and put in place, and the address follows, so that Back works.
{
  const parts = ["board-tools", "board-chips"];
  let last = 0; // the number of the last choice,
  let arrived = 0; // and of the last that is on the page

  /** Whether something else than the board shows now has been chosen. */
  forge.viewOnItsWay = () => arrived !== last;

  function placeOf(form, fresh) {
    const { columnId, lane } = form.closest(".column").dataset;
    const cell = [...fresh.querySelectorAll(".column--cell")].find(({ dataset }) => dataset.columnId === columnId && dataset.lane === lane);
    return fresh.querySelector(`#${CSS.escape(form.id)}`) ?? cell?.querySelector(".lane-add");
  }

  /** A form in which something waits for its writer, a line or a pasted list, stays what it is. */
  function keepWritten(board, fresh) {
    for (const form of board.querySelectorAll("form.quick-add")) {
      if (form.elements.title.value || form.querySelector(".quick-add__paste")) placeOf(form, fresh)?.replaceWith(form);
    }
  }

  function takeBoard(fresh) {
    const board = document.querySelector(".board__columns");
    const focused = document.activeElement;
    keepWritten(board, fresh);
    board.className = fresh.className;
    board.dataset.lanes = fresh.dataset.lanes;
    board.replaceChildren(...fresh.childNodes);
    board.scrollTo(0, 0);
    if (board.contains(focused)) focused.focus({ preventScroll: true });
    htmx.process(board);
    forge.start(board);
  }

  function take(html) {
    const template = document.createElement("template");
    template.innerHTML = html;
    const fresh = document.importNode(template.content, true);
    forge.refreshTimes(fresh);
    const focused = document.activeElement?.closest(`#${parts.join(", #")}`) && document.activeElement.getAttribute("aria-label");
    for (const id of parts) {
      const part = fresh.getElementById(id);
      document.getElementById(id).replaceWith(part);
      htmx.process(part);
      forge.start(part);
    }
    takeBoard(fresh.querySelector(".board__columns"));
    if (document.activeElement === document.body && focused !== null) {
      (focused && document.querySelector(`#board-tools [aria-label="${CSS.escape(focused)}"]`) || document.getElementById("board-filter")).focus();
    }
  }

  const named = (address) => new URL(address, location.href).searchParams.has("lanes");

  /** Lanes that are chosen are kept, so this step of the history remembers its own before others are: or Back would show those. */
  function rememberLanes(address) {
    if (named(location.href) || !named(address)) return;
    history.replaceState({ ...history.state, lanes: document.querySelector(".board__columns").dataset.lanes || "none" }, "");
  }

  /** What to ask for at an address; a step back has the lanes that it had then. */
  function question(address, push) {
    const url = new URL(address, location.href);
    if (!push && history.state?.lanes && !named(address)) url.searchParams.set("lanes", history.state.lanes);
    return url;
  }

  /** Show the board at an address. `push`: whether it becomes a step of the history. Where that fails, simply go there. */
  forge.goView = async (address, push = true) => {
    const turn = ++last;
    const { begun, underWay } = forge.ownMoves();
    if (push) {
      rememberLanes(address);
      history.pushState({ view: true }, "", address);
    }
    try {
      const answer = await fetch(question(address, push), { headers: { "HX-Request": "true" } });
      if (!answer.ok || answer.redirected) throw new Error(`status ${answer.status}`);
      const html = await answer.text();
      if (turn !== last) return; // another choice was faster
      take(html);
      arrived = turn;
      forge.viewAddress = new URL(address, location.href).href;
      // What was moved meanwhile may stand where it was.
      if (underWay || begun !== forge.ownMoves().begun) document.querySelector(".board__columns").dispatchEvent(new CustomEvent("forge:stale"));
    } catch {
      if (turn === last) location.assign(address);
    }
  };
}

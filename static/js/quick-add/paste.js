// Several lines pasted into a quick-add field: one button makes a card of each, all of them or none.
{
  const MOST = 100;
  const SHOWN = 3;
  const PATIENCE = 20_000; // milliseconds until an answer counts as lost
  const BULLET = /^(?:(?:[-*+•·–—]|[0-9]{1,3}[.)])\s+)?(?:\[[ xX]\]\s+)?/;
  const LOST = "No connection. Your lines are still here.";
  const FAILED = "That did not work, and nothing was added. Please try again.";

  function make(tag, className, text = "") {
    const element = document.createElement(tag);
    element.className = className;
    element.textContent = text;
    return element;
  }

  function button(text, kind, act) {
    const made = make("button", `button button--small ${kind}`, text);
    made.type = "button";
    made.addEventListener("click", act);
    return made;
  }

  const why = ({ status, body }) => body?.error?.message ?? (status ? FAILED : LOST);

  const drawAnew = () => document.querySelector(".board__columns").dispatchEvent(new CustomEvent("forge:stale"));

  function putIn(columnId, { cards, head }) {
    const list = document.getElementById(`cards-${columnId}`);
    if (!list) return drawAnew(); // in lanes
    const made = document.createElement("template");
    made.innerHTML = cards;
    for (const card of made.content.children) document.getElementById(card.id)?.remove();
    const more = list.querySelector(".column__more, .column__hidden");
    if (more) more.before(made.content);
    else list.append(made.content);
    list.querySelector(".card:last-of-type")?.scrollIntoView({ block: "nearest" });
    const fresh = document.createElement("template");
    fresh.innerHTML = head;
    const shown = fresh.content.firstElementChild;
    const jump = document.querySelector(`.board__jump a[href="#column-${columnId}"] .soft`);
    if (jump && shown) jump.textContent = shown.dataset.count;
    if (shown) document.getElementById(shown.id).replaceWith(shown);
  }

  async function takeBack(address, op) {
    const answer = await forge.post(address, { op }, PATIENCE);
    if (answer.status !== 200) {
      forge.toast(why(answer), "danger", { label: "Retry", act: () => takeBack(address, op) });
      return;
    }
    for (const taskId of answer.body.task_ids) {
      const card = document.getElementById(`card-${taskId}`);
      const columnId = card?.closest(".column").dataset.columnId;
      card?.remove();
      if (columnId) forge.recount?.(columnId, -1);
    }
    if (document.querySelector(".lane")) drawAnew();
    forge.toast(`${answer.body.task_ids.length} cards are in the trash.`, "ok");
  }

  async function send(form, panel, fields) {
    form.setAttribute("aria-busy", "true"); // the board takes no news while its own are under way
    const answer = await forge.post(document.getElementById("quick-add-code").dataset.many, fields, PATIENCE);
    if (answer.status === 200 && answer.body) {
      putIn(fields.column_id, answer.body);
      forge.learnTags(fields.lines.split("\n"));
      panel.remove();
      form.elements.title.focus();
      forge.toast(answer.body.text, "ok", { label: "Undo", act: () => takeBack(answer.body.undo, forge.uuid()) });
      for (const note of answer.body.notes) forge.toast(note);
    } else {
      panel.querySelector("[role=alert]").textContent = why(answer);
      if (answer.status && answer.status < 500) fields.op = forge.uuid(); // refused, so another try is a new one
    }
    form.removeAttribute("aria-busy");
  }

  function keepAsOne(input, panel, lines) {
    panel.remove();
    input.focus();
    input.setRangeText(lines.join(" "), input.selectionStart, input.selectionEnd, "end");
    input.dispatchEvent(new Event("input", { bubbles: true }));
  }

  function offer(form, text, lines) {
    const input = form.elements.title;
    form.querySelector(".quick-add__paste")?.remove();
    const panel = make("div", "quick-add__paste");
    panel.role = "group";
    panel.ariaLabel = "Pasted lines";
    const preview = make("ol", "quick-add__lines");
    preview.append(...lines.slice(0, SHOWN).map((line) => make("li", "", line.replace(BULLET, ""))));
    if (lines.length > SHOWN) preview.append(make("li", "soft", `and ${lines.length - SHOWN} more`));
    const said = make("p", "field__error");
    said.role = "alert";
    const fields = { lines: text, column_id: form.elements.column_id.value, today: forge.today(), op: forge.uuid() };
    const { lanes, lane } = form.elements;
    if (lane) Object.assign(fields, { lanes: lanes.value, lane: lane.value });
    const makeAll = button(`Make ${lines.length} cards`, "button--primary", () => form.ariaBusy || send(form, panel, fields));
    const keep = button("Keep as one", "button--quiet", () => keepAsOne(input, panel, lines));
    const buttons = make("div", "button-row");
    const tooMany = lines.length > MOST;
    buttons.append(...(tooMany ? [] : [makeAll]), keep);
    panel.append(preview, buttons, said);
    panel.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      panel.remove();
      input.focus();
    });
    form.append(panel);
    if (tooMany) said.textContent = `At most ${MOST} cards can be added at once, and these are ${lines.length} lines.`;
    (tooMany ? keep : makeAll).focus();
  }

  /** Offer a card for each line when several are pasted into the field of a form. */
  forge.offerManyOnPaste = (form) => {
    form.elements.title.addEventListener("paste", (event) => {
      const text = event.clipboardData?.getData("text/plain") ?? "";
      const lines = text.split(/\r\n|\r|\n/).map((line) => line.trim()).filter(Boolean);
      if (lines.length < 2) return;
      event.preventDefault();
      offer(form, text, lines);
    });
  };
}

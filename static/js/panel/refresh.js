// The open task brought up to date, part by part: a part that looks the same, or is being worked on, is left alone.
{
  /** How a part looks, without what differs at every drawing: tokens, operation ids, times in words. */
  function face(part) {
    const copy = part.cloneNode(true);
    copy.querySelectorAll("input[type=hidden], .spot__draft").forEach((element) => element.remove());
    for (const time of copy.querySelectorAll("time")) {
      time.textContent = "";
      for (const name of ["title", "class", "data-plain"]) time.removeAttribute(name);
    }
    return `${copy.hidden}${copy.innerHTML.replaceAll(/\s+/g, " ").replaceAll(/ class="([^"]*?) ?\bhtmx-[^"]*"/g, ' class="$1"')}`;
  }

  const inUse = (part) => [...part.querySelectorAll("input:not([type=hidden]), textarea")].some((field) => field.value !== field.defaultValue || field === document.activeElement);

  function put(old, fresh, pulse) {
    const focused = old.contains(document.activeElement) ? document.activeElement : null;
    old.replaceWith(fresh);
    htmx.process(fresh);
    forge.start(fresh);
    forge.refreshTimes(fresh);
    if (focused) (document.getElementById(focused.id) ?? fresh.querySelector(".spot__edit, button"))?.focus({ preventScroll: true });
    if (pulse) fresh.classList.add("is-changed");
  }

  function updateField(fresh, pulse) {
    const old = document.getElementById(fresh.id);
    if (!old) return;
    if (old.querySelector(".htmx-request")) return; // its form is on the way, with what is newest
    // By its form: while htmx settles, a field that has just been opened still bears the classes of the closed one.
    if (!old.querySelector(".spot__form")) {
      if (face(old) !== face(fresh)) put(old, fresh, pulse);
      return;
    }
    const before = forge.shownBefore(old.id);
    if (before && face(before) !== face(fresh) && pulse) forge.tellTheirs(old, fresh.cloneNode(true));
    if (before) before.replaceChildren(...fresh.cloneNode(true).childNodes);
  }

  function updateComments(panel, fresh) {
    const list = panel.querySelector("#comments");
    if (!list) return;
    for (const comment of fresh.querySelectorAll("#comments > li > .comment")) {
      const old = document.getElementById(comment.id);
      if (!old) {
        const item = comment.parentElement;
        list.append(item);
        htmx.process(item);
        forge.start(item);
        forge.refreshTimes(item);
      } else if (old.matches(".comment") && face(old) !== face(comment)) put(old, comment, false);
    }
    const title = panel.querySelector("#discussion-title");
    const newTitle = fresh.querySelector("#discussion-title");
    if (title && newTitle) title.replaceChildren(...newTitle.childNodes);
  }

  /** Put a newer drawing of a task in place of what differs; `theirs`: others did it, so it is shown. */
  forge.updateTask = (panel, html, theirs) => {
    const template = document.createElement("template");
    template.innerHTML = html;
    const fresh = document.importNode(template.content, true).querySelector(".task-panel");
    if (!fresh || fresh.dataset.taskId !== panel.dataset.taskId) return;
    if (Number(fresh.dataset.version) < Number(panel.dataset.version)) return;
    panel.dataset.version = fresh.dataset.version;
    panel.dataset.title = fresh.dataset.title;
    for (const field of fresh.querySelectorAll(".spot")) updateField(field, theirs);
    for (const part of fresh.querySelectorAll("[data-part]")) {
      const old = document.getElementById(part.id);
      if (old && !inUse(old) && face(old) !== face(part)) put(old, part, false);
    }
    updateComments(panel, fresh);
  };
}

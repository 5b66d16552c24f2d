// "Changed by a teammate": what others did to a field that is being edited here stands beside it, and touches nothing.
{
  function note(form) {
    const old = form.querySelector(".spot__news");
    if (old) return old;
    const news = document.createElement("p");
    news.className = "spot__news";
    news.setAttribute("role", "status");
    form.append(news);
    return news;
  }

  function button(text, act) {
    const made = document.createElement("button");
    made.type = "button";
    made.className = "link";
    made.textContent = text;
    made.addEventListener("click", act);
    // The field keeps the focus, or it would be saved by being left.
    made.addEventListener("pointerdown", (event) => event.preventDefault());
    return made;
  }

  /** Say beside the open form of a field that somebody changed it; `fresh` is how it looks now. */
  forge.tellTheirs = async (spot, fresh) => {
    const form = spot.querySelector("form");
    const since = form.elements.version.value;
    const answer = await fetch(`${form.getAttribute("action")}?since=${since}`, { headers: { Accept: "application/json" } }).catch(() => null);
    if (!answer?.ok || !form.isConnected || form.elements.version.value !== since) return;
    const { value, version, by } = await answer.json();
    if (!by) return; // it only looks different: nothing of it has changed since
    const news = note(form);
    const view = button("view", () => {
      const theirs = document.createElement("span");
      theirs.className = "spot__theirs";
      theirs.append(...[...(fresh.querySelector("dd") ?? fresh).cloneNode(true).childNodes].filter((node) => !node.matches?.(".spot__edit")));
      const take = button("Take theirs", () => {
        if (form.elements.value instanceof HTMLElement && form.elements.value.matches("input, textarea")) form.elements.value.value = value;
        form.requestSubmit();
      });
      // They have been seen: saving from here on is a decision.
      form.elements.version.value = version;
      news.replaceChildren(`Changed by ${by}`, theirs);
      if (form.dataset.control !== "choice") news.append(take, "or go on with yours.");
    });
    news.replaceChildren(`Changed by ${by} · `, view);
  };
}

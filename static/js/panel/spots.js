// A field that is shown: a click anywhere on it opens its form; an unsaved draft of it is mentioned.
{
  forge.behaviour("spot", (spot) => {
    const open = () => spot.querySelector(".spot__edit").click();
    spot.addEventListener("click", (event) => {
      if (event.target.closest("a, button") || !getSelection().isCollapsed) return;
      open();
    });
    if (!forge.hasDraft(spot.dataset.draftOf)) return;
    const note = document.createElement("button");
    note.type = "button";
    note.className = "button button--small spot__draft";
    note.textContent = "Unsaved draft: continue";
    note.addEventListener("click", open);
    (spot.querySelector("dd") ?? spot).append(note);
  });
}

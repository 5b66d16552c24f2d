// "," and "." move the card that has the focus to the top of the column on its left or right.
{
  const steps = { ",": "previousElementSibling", ".": "nextElementSibling" };

  forge.behaviour("move-keys", (board) => {
    board.addEventListener("keydown", (event) => {
      const side = steps[event.key];
      if (!side || event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.target.closest("input, textarea, select, [contenteditable]")) return;
      const card = event.target.closest(".card");
      const column = card?.closest(".column")[side];
      if (!column?.matches(".column")) return;
      event.preventDefault();
      const first = column.querySelector(".card");
      forge.moveCard(card, { columnId: column.dataset.columnId, beforeId: first?.dataset.taskId ?? "", afterId: "" });
    });
  });
}

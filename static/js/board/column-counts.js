// Counters of a column: its head, its gauge and its link in the row of columns, changed before the server has answered.

function showLimit(head, count, limit) {
  let words = head.querySelector(".column__limit");
  if (count < limit) words?.remove();
  else {
    if (!words) {
      words = document.createElement("span");
      head.querySelector(".column__count").after(words);
    }
    words.className = count > limit ? "column__limit column__limit--over" : "column__limit";
    words.textContent = count > limit ? "over limit" : "full";
  }
  const gauge = head.querySelector(".gauge");
  gauge.value = Math.min(count, limit);
  gauge.classList.toggle("gauge--over", count > limit);
  gauge.classList.toggle("gauge--full", count === limit);
}

function showEmpty(columnId) {
  const list = document.getElementById(`cards-${columnId}`);
  if (!list || list.querySelector(".column__empty")) return; // the style sheet hides it while there are cards
  const none = document.createElement("p");
  none.className = "column__empty";
  none.textContent = "No cards";
  list.prepend(none);
}

/** One card more (`by` 1) or less (-1) in a column. */
export function recountColumn(columnId, by) {
  const head = document.getElementById(`column-${columnId}-head`);
  const count = Number(head.dataset.count) + by;
  const limit = Number(head.dataset.limit); // 0: none
  head.dataset.count = count;
  head.querySelector(".column__count").firstChild.data = limit ? `${count}/${limit}` : `${count}`;
  if (limit) showLimit(head, count, limit);
  if (!count) showEmpty(columnId);
  const jump = document.querySelector(`.board__jump a[href="#column-${columnId}"] .muted`);
  if (jump) jump.textContent = count;
}

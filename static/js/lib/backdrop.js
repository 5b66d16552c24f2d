/** Call `close` when a dialog's backdrop is clicked: pressed and released there. A selection of text that ends out there is no click. */
export function onBackdropClick(dialog, close) {
  let isPressed = false;
  const isOutside = ({ target, clientX, clientY }) => {
    const { left, right, top, bottom } = dialog.getBoundingClientRect();
    return target === dialog && (clientX < left || clientX > right || clientY < top || clientY > bottom);
  };
  dialog.addEventListener("pointerdown", (event) => { isPressed = isOutside(event); });
  dialog.addEventListener("click", (event) => {
    const isClicked = isPressed && isOutside(event);
    isPressed = false;
    if (isClicked) close();
  });
}

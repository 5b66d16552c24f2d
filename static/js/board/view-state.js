// What the board shows: the address of its filter and lanes, which is not the page's own while a task is open over it.

export const view = {
  address: location.href,
  requested: 0, // the number of the last choice,
  shown: 0, // and of the last that is on the page
};

/** Whether something else than the board shows now has been chosen. */
export const isViewPending = () => view.shown !== view.requested;

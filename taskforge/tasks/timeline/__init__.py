"""A board as a timeline: the weeks that are shown, and the tasks in them."""

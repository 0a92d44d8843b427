"""What happens when there is more to do than can be done: what is cheapest to lose goes first, and no acknowledged act ever."""

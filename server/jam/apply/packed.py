"""Sorted packed arrays: membership by bisection, four bytes a number."""

from array import array
from bisect import bisect_left


def has(numbers: "array[int]", number: int) -> bool:
    place = bisect_left(numbers, number)
    return place < len(numbers) and numbers[place] == number


def put(numbers: "array[int]", number: int) -> int | None:
    """Inserts the number where it belongs and returns its place; None if it was already there."""
    place = bisect_left(numbers, number)
    if place < len(numbers) and numbers[place] == number:
        return None
    numbers.insert(place, number)
    return place


def drop(numbers: "array[int]", number: int) -> int | None:
    """Removes the number and returns the place it had; None if it was not there."""
    place = bisect_left(numbers, number)
    if place == len(numbers) or numbers[place] != number:
        return None
    del numbers[place]
    return place

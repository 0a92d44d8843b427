"""The domain of a jam, pure: it decides and applies, with no IO, clock, randomness or async."""

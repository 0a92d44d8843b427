"""Words as they are typed: an inverted index of each jam, in memory, for Hebrew and English alike."""

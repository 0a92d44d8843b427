"""What votes tell of people and themes: opinion groups and trends. Derived, kept in memory, made in a process of its own."""

"""Who of several workers does what only one should do: leases, and how workers ask each other."""

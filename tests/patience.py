"""How long a test waits for what must come, before it says that it never did.

A machine that runs many tests at once may stand still for seconds. Whether something comes is a test's question; how soon it
comes is `bench/`'s, or asked of the best of two attempts (`tests.web.test_suspension`).
"""

PATIENCE_S = 60.0

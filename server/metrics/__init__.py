"""What the server measures of itself while it runs: plain numbers, kept in memory, read when somebody asks."""

"""What is kept about one person, over the whole server, as an archive for that person alone."""

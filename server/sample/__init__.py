"""A jam written for this project, loaded as if it had been running for sixty hours, and played on as if people were there."""

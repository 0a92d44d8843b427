"""What people may ask for, an area a file."""

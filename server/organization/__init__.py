"""The company around the jams: which jams there are, under which address, and who may make new ones. Pure, like `jam/`."""

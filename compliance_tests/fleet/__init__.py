"""Does a fleet's audit say what `pulumi policy analyze` says? See __main__.py."""

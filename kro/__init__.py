"""The bundle: what a `WordPressClone` means, as templates, values per environment and their rendered output."""

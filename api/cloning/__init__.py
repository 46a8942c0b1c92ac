"""What a clone's life consists of: create, describe, remove. One verb a file; adapters come in through `ports`."""

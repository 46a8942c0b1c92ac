"""The steps of making a clone, in their order, and what a user is told while each is under way.

The engine's own steps (`files`, `tables`, …) come between `object` and `probe`; it words them itself.
"""

STEPS: dict[str, str] = {
    "accepted": "The clone was accepted.",
    "discover": "Looking at the source site.",
    "login": "Logging in to the source site.",
    "browser": "A browser goes ahead at the source site, which lets no other program in.",
    "permission": "Checking that the user may install plugins.",
    "plugin": "Installing the migration plugin at the source site.",
    "key": "Registering a key with the migration plugin.",
    "confirm": "Calling the migration plugin with the key.",
    "size": "Measuring the source site.",
    "database": "Making the clone's database.",
    "object": "Handing the clone over to the cluster.",
    "import": "Copying the site.",
    "probe": "Waiting for the clone's URL to answer.",
}

"""How a command says that it cannot do what was asked."""


class Failure(Exception):
    """One clear line (or one per mistake): what is wrong, where, what to do. Ends the command with code 2."""

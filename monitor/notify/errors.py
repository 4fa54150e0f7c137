"""How a message can fail."""


class NotSent(Exception):
    """It did not leave; it is tried again later."""


class MaybeSent(Exception):
    """It may have left: nobody has said so, nobody has denied it."""

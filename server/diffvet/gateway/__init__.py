"""Our own ``/v1/messages``: called in this process by default, or served by ``diffvet gateway``."""

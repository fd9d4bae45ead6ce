"""What can go wrong with an embedded service, in words meant for the person at the terminal."""


class ServiceError(RuntimeError):
    """A service could not be set up, started or reached; the message says what to do about it."""


class AlreadyRunningError(ServiceError):
    """Another supervisor holds the lock of this var folder."""

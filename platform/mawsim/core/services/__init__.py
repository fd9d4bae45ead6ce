"""The embedded services: PostgreSQL and Valkey from wheels, and the supervisor that keeps them alive.

Nothing here imports Django, so that the services can be started before the site is configured.
"""

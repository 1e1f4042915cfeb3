"""Shared fixtures: the review store's, on SQLite and PostgreSQL."""

pytest_plugins = ("review_fixtures",)

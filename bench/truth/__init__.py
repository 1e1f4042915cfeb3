"""The truth-recovery bench: worlds with a known truth, and how often the product tells it."""

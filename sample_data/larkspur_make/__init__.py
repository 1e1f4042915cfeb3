"""Larkspur, a retailer that does not exist: the code that invents its two years of data.

Data goes one way: stories (what is planted) -> world (who there is) -> demand (what happened)
-> formats (how each tool would have written it down). Ownership and the small tables stand beside.
"""
